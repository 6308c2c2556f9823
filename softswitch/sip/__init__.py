"""The wire: PJSIP, messages, digest, the registrar and its location service, legs."""
