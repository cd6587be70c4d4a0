"""Small pure pieces that several connectors need: signatures, payload decoding, times, text lengths, HTML to
text, planning, and HTTP status to SendError.
"""
