"""A receiver of webhooks that keeps what it is given: one JSON file for each request, in a folder.

usage: receiver.py FOLDER CERTIFICATE KEY
Prints its port. Checks each signature by itself, with the secret that the file `secret` holds, and answers what
the file `answer` says: a status, `302 ADDRESS`, `slow` (no answer for a minute) or `endless` (a body without end).
"""

import base64
import hashlib
import hmac
import json
import os
import ssl
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COUNT = threading.Lock()
STATE = {"count": 0}


def read(folder, name):
    try:
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            return file.read().strip()
    except FileNotFoundError:
        return ""


def is_signed(folder, headers, body):
    """Standard Webhooks: HMAC-SHA256 over id, time and body, under the decoded secret."""
    secret = read(folder, "secret").removeprefix("whsec_")
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = hmac.new(base64.b64decode(secret), signed, hashlib.sha256).digest()
    given = headers.get("webhook-signature", "").removeprefix("v1,")
    return hmac.compare_digest(base64.b64encode(wanted).decode(), given)


class Receiver(BaseHTTPRequestHandler):
    folder = ""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = {
            "path": self.path,
            "headers": headers,
            "signed": is_signed(self.folder, headers, body),
            "body": json.loads(body),
        }
        with COUNT:
            STATE["count"] += 1
            path = os.path.join(self.folder, "requests", f"{STATE['count']:06d}.json")
        with open(path + ".part", "w", encoding="utf-8") as file:
            json.dump(request, file)
        os.rename(path + ".part", path)
        self.answer(read(self.folder, "answer") or "200")

    def answer(self, said):
        if said == "slow":
            time.sleep(60)
            return
        status, _, place = said.partition(" ")
        endless = status == "endless"
        self.send_response(200 if endless else int(status))
        if place:
            self.send_header("location", place)
        if not endless:
            self.send_header("content-length", "0")
        self.end_headers()
        while endless:
            self.wfile.write(b"x" * 65536)

    def log_message(self, *words):
        pass


def main(folder, certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(certificate, key)
    Receiver.folder = folder
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.daemon_threads = True
    server.handle_error = lambda *words: None
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
