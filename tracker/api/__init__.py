"""The JSON API: what the screens show and do, for programs, by the same services and reports."""
