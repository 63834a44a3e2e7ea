import os
import socket
from http.server import BaseHTTPRequestHandler, HTTPServer

from greeter import greet


def count() -> str:
    """One more visit, kept by the store."""
    with socket.create_connection((os.environ["STORE"], 6379), timeout=5) as store:
        store.sendall(b"INCR visits\r\n")
        return store.recv(64).decode().strip().removeprefix(":")


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        text = "ok" if self.path == "/health" else greet(f"visitor {count()}")
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode())


HTTPServer(("", 5000), Handler).serve_forever()
