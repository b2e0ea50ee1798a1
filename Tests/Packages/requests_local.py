# requests, urllib3, idna, certifi and charset-normalizer against an HTTP server of the program's own.
import http.server
import json
import threading

import certifi
import charset_normalizer
import idna
import requests


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status, body, kind="application/json", **headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path.startswith("/redirect"):
            self.answer(302, b"", Location="/data?x=1")
        elif self.path.startswith("/cookie"):
            self.answer(200, json.dumps(self.headers.get("Cookie")).encode(), Set_Cookie="flavour=oat; Path=/")
        elif self.path.startswith("/text"):
            self.answer(200, "grüße".encode("latin-1"), "text/plain; charset=iso-8859-1")
        elif self.path.startswith("/big"):
            self.answer(200, bytes(range(256)) * 1000, "application/octet-stream")
        elif self.path.startswith("/missing"):
            self.answer(404, b"{}")
        else:
            self.answer(200, json.dumps({"path": self.path, "agent": self.headers["User-Agent"].partition("/")[0]}).encode())

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(201, json.dumps({"type": self.headers["Content-Type"], "body": body.decode()}).encode())


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{server.server_port}"
with requests.Session() as session:
    print(session.get(base + "/data", params={"q": "a b", "n": [1, 2]}).json())
    answer = session.get(base + "/redirect")
    print(answer.status_code, answer.json()["path"], [r.status_code for r in answer.history])
    session.get(base + "/cookie")
    print(session.get(base + "/cookie").json(), dict(session.cookies))
    text = session.get(base + "/text")
    print(text.text, text.encoding, text.headers["content-type"])
    print(session.post(base + "/", json={"k": [1, None]}).json(), session.post(base, data={"a": "b c"}).json())
    big = session.get(base + "/big", stream=True)
    print(sum(len(chunk) for chunk in big.iter_content(1024)), big.ok)
    try:
        session.get(base + "/missing").raise_for_status()
    except requests.HTTPError as error:
        print(str(error).replace(base, "BASE"), error.response.status_code)
server.shutdown()
server.server_close()
try:
    requests.get(base, timeout=2)
except requests.ConnectionError as error:
    print(type(error).__name__)
try:
    requests.get("no-scheme")
except requests.exceptions.MissingSchema as error:
    print(error)
print(idna.encode("bücher.example"), idna.decode("xn--bcher-kva.example"), certifi.where().endswith("cacert.pem"))
print(charset_normalizer.from_bytes("Текст на русском языке, достаточно длинный".encode("cp1251")).best().encoding)
