"""Sound as numbers: tones, music on hold, WAV files and the analysis that proves who hears whom.

Nothing in here runs on the media clock: what is to be played is made beforehand as a file, what is
to be judged was recorded beforehand.
"""
