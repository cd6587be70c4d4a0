"""A real mail server for the tests: Postfix takes and submits mail, Dovecot stores and shows it.

    customer ──SMTP──▶ Postfix ──LMTP──▶ Dovecot ◀──IMAP── the service
                          ▲                 │ passwords
    the service ──submission, signed in─────┘

Everything listens on loopback, lies in one temporary folder and is gone afterwards. Mail for any
other domain than DOMAIN is refused, so nothing can leave the machine. Postfix wants root.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.processes import ServerProcess, answers, free_port

DOMAIN = "example.test"
# Dovecot and Postfix lie where an ordinary account's PATH does not look.
SBIN = "/usr/sbin:/usr/local/sbin"

DOVECOT = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot-messages.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:{folder}/home/%u/Maildir
first_valid_uid = 1
mail_max_userip_connections = 200
passdb {{
  driver = passwd-file
  args = username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={owner} gid={group} home={folder}/home/%u allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    special_use = \\Sent
    auto = create
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp_port}
  }}
}}
service auth {{
  unix_listener {folder}/auth-client {{
    mode = 0666
  }}
}}
"""

POSTFIX_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/postfix/queue
data_directory = {folder}/postfix/data
maillog_file = {folder}/postfix/maillog
maillog_file_prefixes = /var, {folder}, /dev/stdout
inet_interfaces = loopback-only
inet_protocols = ipv4
myhostname = mail.{domain}
mydestination =
mynetworks = 127.0.0.0/8
virtual_mailbox_domains = {domain}
virtual_transport = lmtp:inet:127.0.0.1:{lmtp_port}
default_transport = error:mail to other domains is disabled
smtpd_sasl_type = dovecot
smtpd_sasl_path = {folder}/auth-client
smtpd_sasl_auth_enable = no
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
smtpd_client_connection_rate_limit = 0
message_size_limit = 52428800
mailbox_size_limit = 0
virtual_mailbox_limit = 0
alias_maps =
local_recipient_maps =
"""

POSTFIX_MASTER = """
127.0.0.1:{smtp_port} inet n - n - - smtpd
127.0.0.1:{submission_port} inet n - n - - smtpd
  -o syslog_name=postfix/submission
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
pickup unix n - n 60 1 pickup
postlog unix-dgram n - n - 1 postlogd
"""


def missing() -> str | None:
    """Name what keeps the mail server from running here; None when nothing does."""
    path = f"{os.environ.get('PATH', '')}:{SBIN}"
    for program in ("dovecot", "postfix"):
        if shutil.which(program, path=path) is None:
            return program
    return None if os.geteuid() == 0 else "root, which postfix wants"


@dataclass(frozen=True)
class Mailbox:
    """One account of the server."""

    address: str
    password: str


class MailServer:
    """Dovecot and Postfix with two mailboxes, `agent` and `support`; four free loopback ports."""

    host = "127.0.0.1"
    domain = DOMAIN

    def __init__(self) -> None:
        """Write both configurations; nothing runs until `start`."""
        self.agent = Mailbox(f"agent@{DOMAIN}", "agent-password")
        self.support = Mailbox(f"support@{DOMAIN}", "support-password")
        self.imap_port = free_port()
        self.lmtp_port = free_port()
        self.smtp_port = free_port()
        self.submission_port = free_port()
        self._folder = Path(tempfile.mkdtemp(prefix="inbox-mail-"))
        self._processes: list[ServerProcess] = []
        self._write_folders()
        self._write_configuration()

    @property
    def users(self) -> dict[str, str]:
        """The password of each address."""
        return {box.address: box.password for box in (self.agent, self.support)}

    def start(self) -> None:
        """Start both servers and return when all ports take connections."""
        path = {"PATH": f"{os.environ.get('PATH', '')}:{SBIN}"}
        self._start_dovecot(path)
        self._start_postfix(path)

    def close(self) -> None:
        """Stop both servers and remove all mail."""
        for process in reversed(self._processes):
            process.stop()
        self._processes.clear()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start_dovecot(self, path: dict[str, str]) -> None:
        dovecot = ServerProcess(
            ["dovecot", "-F", "-c", self._folder / "dovecot.conf"],
            folder=self._folder,
            environment=path,
        )
        self._processes.append(dovecot)
        dovecot.wait_until(lambda: answers(self.imap_port) and answers(self.lmtp_port))

    def _start_postfix(self, path: dict[str, str]) -> None:
        etc = self._folder / "postfix/etc"
        environment = {**os.environ, **path}
        subprocess.run(["postfix", "-c", etc, "check"], check=True, capture_output=True, env=environment)
        programs = subprocess.run(
            ["postconf", "-c", etc, "-h", "daemon_directory"],
            check=True,
            capture_output=True,
            text=True,
            env=environment,
        ).stdout.strip()
        # `postfix start` would put it into a session of its own, out of the reach of our stop.
        postfix = ServerProcess([f"{programs}/master", "-c", etc, "-d"], folder=self._folder, environment=path)
        self._processes.append(postfix)
        postfix.wait_until(lambda: answers(self.smtp_port) and answers(self.submission_port))

    def _write_folders(self) -> None:
        # Several accounts work in here (dovecot, postfix, the owner of the mail): all may enter.
        self._folder.chmod(0o755)
        for name in ("run", "home", "postfix/queue", "postfix/data", "postfix/etc"):
            (self._folder / name).mkdir(parents=True)
        owner = pwd.getpwnam("nobody")
        os.chown(self._folder / "home", owner.pw_uid, owner.pw_gid)
        os.chown(self._folder / "postfix/data", pwd.getpwnam("postfix").pw_uid, -1)

    def _write_configuration(self) -> None:
        owner = pwd.getpwnam("nobody")
        values = {
            "folder": self._folder,
            "domain": DOMAIN,
            "owner": owner.pw_uid,
            "group": owner.pw_gid,
            "imap_port": self.imap_port,
            "lmtp_port": self.lmtp_port,
            "smtp_port": self.smtp_port,
            "submission_port": self.submission_port,
        }
        users = "".join(f"{name}:{{PLAIN}}{word}\n" for name, word in self.users.items())
        etc = self._folder / "postfix/etc"
        (self._folder / "users").write_text(users)
        (self._folder / "dovecot.conf").write_text(DOVECOT.format(**values))
        (etc / "main.cf").write_text(POSTFIX_MAIN.format(**values))
        (etc / "master.cf").write_text(POSTFIX_MASTER.format(**values))
        # Debian's Postfix reads this file whatever main.cf says.
        (etc / "dynamicmaps.cf").touch()
