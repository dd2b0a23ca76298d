"""A real mail server that keeps what it is given: each letter as JSON and as it came, in a folder.

usage: sink.py FOLDER CERTIFICATE KEY
Prints its port. Takes letters only after STARTTLS with TLS 1.3 and a sign-in, as a relay would.
"""

import asyncio
import email
import email.policy
import json
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

USER, PASSWORD = b"chatham", b"relay-password"


class Keep:
    """Writes each letter as JSON, whole or not at all."""

    def __init__(self, folder):
        self.folder = folder
        self.count = 0

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        part = message.get_body(preferencelist=("plain", "html"))
        page = message.get_body(preferencelist=("html",))
        letter = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "headers": {name.lower(): str(value) for name, value in message.items()},
            "text": part.get_content() if part else "",
            "html": page.get_content() if page else "",
        }
        # How it came in, as every mail server notes on top of a letter (RFC 5321, 4.4; RFC 3848).
        way = "ESMTP" + ("S" if session.ssl else "") + ("A" if session.authenticated else "")
        received = f"Received: from {session.host_name} by localhost with {way}\r\n".encode()
        self.count += 1
        whole = os.path.join(self.folder, f"{self.count:06d}.eml")
        with open(whole + ".part", "wb") as file:
            file.write(received + envelope.content)
        os.rename(whole + ".part", whole)
        path = os.path.join(self.folder, f"{self.count:06d}.json")
        with open(path + ".part", "w", encoding="utf-8") as file:
            json.dump(letter, file)
        os.rename(path + ".part", path)
        return "250 kept"


def sign_in(server, session, envelope, mechanism, data):
    is_known = isinstance(data, LoginPassword) and (data.login, data.password) == (USER, PASSWORD)
    return AuthResult(success=is_known, handled=False)


async def main(folder, certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(certificate, key)
    keep = Keep(folder)

    def connect():
        return SMTP(
            keep,
            hostname="localhost",
            tls_context=context,
            require_starttls=True,
            authenticator=sign_in,
            auth_required=True,
        )

    server = await asyncio.get_running_loop().create_server(connect, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main(*sys.argv[1:4]))
