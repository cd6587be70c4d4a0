"""The servers that the other tests rely on do what those tests take for granted."""

import asyncio
import smtplib
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import asyncpg
import pytest
import redis
from imapclient import IMAPClient
from playwright.async_api import Browser

from tests.mail_server import MailServer
from tests.processes import answers
from tests.servers import Postgres, Valkey, fresh_database, psql


def test_postgres_database_is_empty_and_writable(postgres_url: str) -> None:
    """A test gets a PostgreSQL database without tables, in which it may make some."""
    tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"

    assert psql(postgres_url, tables) == "0"

    psql(postgres_url, "CREATE TABLE thing (name text)")
    assert psql(postgres_url, tables) == "1"


async def test_postgres_databases_are_apart(postgres_server_url: str) -> None:
    """What one database holds, another does not; a connection left open does not keep it."""
    with fresh_database(postgres_server_url) as one, fresh_database(postgres_server_url) as other:
        left_open = await asyncpg.connect(one)
        await left_open.execute("CREATE TABLE thing (name text)")

        assert psql(other, "SELECT to_regclass('thing') IS NULL") == "t"

    with pytest.raises(asyncpg.PostgresError):
        await left_open.execute("SELECT 1")


def test_postgres_database_copies_its_template(postgres_server_url: str) -> None:
    """A database made from a template begins with the template's tables and rows."""
    with fresh_database(postgres_server_url) as template:
        psql(template, "CREATE TABLE thing AS SELECT 'kept' AS name")

        with fresh_database(postgres_server_url, template.rpartition("/")[2]) as copy:
            assert psql(copy, "SELECT name FROM thing") == "kept"


@pytest.mark.postgres
def test_postgres_recovers_after_a_crash() -> None:
    """A crashed PostgreSQL starts again on its port with all that was committed."""
    server = Postgres()
    try:
        server.start()
        psql(server.url, "CREATE TABLE thing AS SELECT 'kept' AS name")

        server.crash()
        assert not answers(server.port)
        server.start()

        assert psql(server.url, "SELECT name FROM thing") == "kept"
    finally:
        server.close()
    assert not answers(server.port)


def test_database_url_names_the_engine(database_url: str, request: pytest.FixtureRequest) -> None:
    """A test that asks for a database runs once on SQLite and once on PostgreSQL."""
    engine = request.node.callspec.params["database_url"]

    assert database_url.startswith({"sqlite": "sqlite:///", "postgres": "postgresql://"}[engine])


@pytest.mark.parametrize("time", ["first", "second"])
def test_redis_is_empty_for_each_test(redis_url: str, time: str) -> None:
    """A test finds no key that an earlier one left."""
    with redis.Redis.from_url(redis_url) as client:
        assert client.keys() == []
        client.set("left-behind", time)


def test_redis_can_go_and_come_back() -> None:
    """A stopped Valkey refuses connections, and answers on the same port when started again."""
    server = Valkey()
    try:
        server.start()
        server.stop()
        assert not answers(server.port)
        server.start()
        with redis.Redis.from_url(server.url) as client:
            assert client.ping()
    finally:
        server.close()


def test_free_port_is_free(free_port: int) -> None:
    """The port given is one on which nothing answers."""
    assert not answers(free_port)


def test_mail_arrives_while_the_mailbox_is_watched(mail_server: MailServer) -> None:
    """Mail handed in by SMTP wakes an IMAP client that idles on the mailbox."""
    letter = EmailMessage()
    letter["From"], letter["To"] = "customer@elsewhere.test", mail_server.support.address
    letter["Subject"] = "Πού είναι η παραγγελία μου;"
    letter.set_content("Hello")
    with IMAPClient(mail_server.host, mail_server.imap_port, ssl=False) as imap:
        imap.login(mail_server.support.address, mail_server.support.password)
        imap.select_folder("INBOX")
        imap.idle()

        with smtplib.SMTP(mail_server.host, mail_server.smtp_port) as smtp:
            smtp.send_message(letter)

        assert any(word == b"EXISTS" for _, word in imap.idle_check(timeout=30))
        imap.idle_done()


def test_mail_is_submitted_only_after_signing_in(mail_server: MailServer) -> None:
    """The submission port refuses who has not signed in, and takes mail from who has."""
    sender, recipient = mail_server.agent, mail_server.support.address
    text = b"Subject: Re: your order\r\n\r\nIt left yesterday."
    with smtplib.SMTP(mail_server.host, mail_server.submission_port) as smtp:
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            smtp.sendmail(sender.address, [recipient], text)

        smtp.login(sender.address, sender.password)
        assert smtp.sendmail(sender.address, [recipient], text) == {}


def test_mail_cannot_leave_the_machine(mail_server: MailServer) -> None:
    """Mail to any other domain is refused, even from someone who signed in."""
    sender = mail_server.agent
    with smtplib.SMTP(mail_server.host, mail_server.submission_port) as smtp:
        smtp.login(sender.address, sender.password)

        with pytest.raises(smtplib.SMTPRecipientsRefused):
            smtp.sendmail(sender.address, ["x@elsewhere.test"], b"Subject: out\r\n\r\n.")


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write("<h1>Γεια σου</h1><button>Next</button>".encode())

    def log_message(self, *words: object) -> None:
        """Say nothing."""


async def test_browser_shows_a_page(browser: Browser, free_port: int) -> None:
    """The browser opens a page from loopback and finds what is on it by role and name."""
    server = ThreadingHTTPServer(("127.0.0.1", free_port), _Page)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        page = await browser.new_page()
        await page.goto(f"http://127.0.0.1:{free_port}/")

        assert await page.get_by_role("heading", name="Γεια σου").is_visible()
        assert await page.get_by_role("button", name="Next").is_enabled()
    finally:
        await asyncio.to_thread(server.shutdown)
        server.server_close()
