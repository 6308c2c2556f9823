"""Softswitch: an office telephone exchange on PJSIP."""
