"""Messages for the tests of this room: what matters here is who wrote, and the words."""

from mailbot.mail.message import Address, Attachment, Kind, Message


def message(
    reply_text: str = "",
    *,
    subject: str = "Impresora",
    name: str = "",
    kind: Kind = Kind.PERSON,
    text: str = "",
    attachments: tuple[Attachment, ...] = (),
) -> Message:
    return Message(
        message_id="<1@mesa.example>",
        content_hash="",
        subject=subject,
        from_=Address("ana@mesa.example", name),
        text=text or reply_text,
        reply_text=reply_text,
        kind=kind,
        attachments=attachments,
    )
