"""A config in force: compiled once, swapped whole by one reference."""

from dataclasses import dataclass

from mailbot.config.model import Config, Mailbox
from mailbot.config.paths import templates_folder
from mailbot.desk.settings import Policy
from mailbot.mail.message import Message
from mailbot.replies.compose import DeskIdentity, NotWritable
from mailbot.replies.templates import Templates
from mailbot.rules.match import Match, Rulebook


@dataclass(frozen=True)
class Live:
    config: Config
    policy: Policy
    rulebook: Rulebook
    templates: Templates

    @classmethod
    def of(cls, config: Config) -> "Live":
        return cls(config, config.policy, Rulebook(config.rule), Templates(templates_folder(config)))

    def match(self, message: Message, mailbox: str) -> Match | None:
        """The rule that this message's subject and sender match in this mailbox."""
        sender = message.from_.email if message.from_ else None
        return self.rulebook.match(message.subject, sender, mailbox, message.text)

    def identity(self, mailbox: str) -> DeskIdentity:
        """Who signs the replies of a mailbox, and from which address.

        Raises NotWritable for one that is no longer in the config: its cases are, and a person may change them.
        """
        service = self.config.service
        if mailbox not in self.config.mailbox:
            raise NotWritable(f"El buzón «{mailbox}» ya no está en la configuración.")
        return DeskIdentity(
            service.name,
            self.mailbox(mailbox).address,
            service.timezone,
            service.prefix,
            self.config.precaso.late_answer,
        )

    def mailbox(self, name: str) -> Mailbox:
        return self.config.mailbox[name]
