import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

import greeter

DATA = os.environ.get("DATA_DIR")


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        text = greeter.greet("web")
        if DATA:
            path = os.path.join(DATA, "visits")
            with open(path, "a", encoding="ascii") as stream:
                stream.write("x")
            with open(path, encoding="ascii") as stream:
                text += f", visits {len(stream.read())}"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *arguments: object) -> None:
        pass


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
HTTPServer(("0.0.0.0", 8000), Handler).serve_forever()
