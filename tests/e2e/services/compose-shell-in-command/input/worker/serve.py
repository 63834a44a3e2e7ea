import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello from the worker")


HTTPServer(("", int(sys.argv[-1]) if sys.argv[1:] else 7000), Handler).serve_forever()
