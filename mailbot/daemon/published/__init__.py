"""/healthz and /metrics, for this machine only.

thread   START HERE: begins, moves and ends the server
server   a little HTTP server that no client can hold up
pages    what is asked for and answered
metrics  what Prometheus is told
"""
