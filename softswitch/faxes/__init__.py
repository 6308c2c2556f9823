"""Faxes: what was received and what is sent, its pages, its folder."""
