"""Small pure pieces that several connectors need: signatures, payload decoding, times, text lengths, planning, and HTTP
status to SendError.
"""
