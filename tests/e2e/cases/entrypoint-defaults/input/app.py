import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

TEXT = f"{os.environ['GREETING']} from {os.getcwd()} as {os.environ['NAME']}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(TEXT.encode())

    def log_message(self, *arguments: object) -> None:
        pass


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
HTTPServer(("0.0.0.0", 8000), Handler).serve_forever()
