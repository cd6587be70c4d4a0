"""From events to browsers: tail the log, group sockets by what they may see, encode once, prove that nothing was
missed.
"""
