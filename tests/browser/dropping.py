"""Drops a file on a page, as a person does out of a folder."""

import base64


def drop(page, name: str, data: bytes, on: str = "h1") -> None:
    """Drop a file on the element that ``on`` selects."""
    transfer = page.evaluate_handle(
        """([name, data]) => {
            const transfer = new DataTransfer();
            const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
            transfer.items.add(new File([bytes], name));
            return transfer;
        }""",
        [name, base64.b64encode(data).decode()],
    )
    page.dispatch_event(on, "dragover", {"dataTransfer": transfer})
    page.dispatch_event(on, "drop", {"dataTransfer": transfer})
