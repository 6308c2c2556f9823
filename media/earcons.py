"""Short tones that say what happened without a word."""

# Hz (0 is silence) and seconds, note by note.
EARCONS: dict[str, tuple[tuple[float, float], ...]] = {
    "tone-joined": ((523.0, 0.12), (659.0, 0.18)),
    "tone-left": ((659.0, 0.12), (523.0, 0.18)),
    "tone-beep": ((1000.0, 0.4),),
    "tone-recording": ((1400.0, 0.3),),
    "tone-done": ((784.0, 0.1), (0.0, 0.05), (1047.0, 0.15)),
    "tone-refused": ((425.0, 0.15), (0.0, 0.1), (425.0, 0.15), (0.0, 0.1), (425.0, 0.15)),
}
