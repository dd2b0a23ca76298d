"""A mail server for the tests of this crate.

usage: server.py starttls|tls|plain CERTIFICATE KEY
Prints its port, then one JSON line for each letter it takes. Refuses recipients that begin with "refused".
"""

import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Show:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused"):
            return "550 no such mailbox"
        if address.startswith("later"):
            return "451 try again"
        envelope.rcpt_tos.append(address)
        return "250 yes"

    async def handle_DATA(self, server, session, envelope):
        secure = session.ssl is not None
        letter = {
            "to": envelope.rcpt_tos,
            "from": envelope.mail_from,
            "secure": secure,
            "hello": session.host_name,
            "signed_in": bool(session.authenticated),
            "content": envelope.content.decode("utf-8"),
        }
        print(json.dumps(letter), flush=True)
        return "250 kept"


def sign_in(server, session, envelope, mechanism, data):
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (b"chat", b"p:w")
    return AuthResult(success=known, handled=False)


async def main(mode, certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def connect():
        starttls = mode == "starttls"
        return SMTP(
            Show(),
            hostname="localhost",
            tls_context=context if starttls else None,
            require_starttls=starttls,
            authenticator=sign_in,
            auth_required=starttls,
            auth_require_tls=starttls,
        )

    over_tls = context if mode == "tls" else None
    loop = asyncio.get_running_loop()
    server = await loop.create_server(connect, "127.0.0.1", 0, ssl=over_tls)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main(*sys.argv[1:4]))
