"""Builds PJSIP for a server, and one wheel of it, its Python binding and the tap; see ../README.md."""
