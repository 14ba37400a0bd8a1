"""What a provider's refusal means, and who must do what: told once, in words for whoever runs the desk."""

import re

from mailbot.config.oauth2 import Client

LOGIN = "Ejecute «mailbot login {mailbox}»"
ADMIN = "un administrador de la organización"

#: The first that fits, searched in error code and description. Microsoft's numbers:
#: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
CURES = (
    (
        r"AADSTS7000222",
        "El client_secret venció: cree otro en Microsoft Entra (Certificados y secretos) y guárdelo",
    ),
    (
        r"AADSTS7000215",
        "El client_secret no es válido: copie el Valor del secreto, no su Id., y guárdelo",
    ),
    (
        r"AADSTS7000218",
        "Permita los flujos de clientes públicos en la aplicación (Autenticación), o escriba client_secret",
    ),
    (r"AADSTS(700016|900144|900971)", "Revise client_id y tenant: esa organización no tiene esa aplicación"),
    (r"AADSTS(90002|900023|50059)", "Revise tenant: no existe esa organización"),
    (r"AADSTS(65001|65004|650051|650052|650057)", f"Falta el consentimiento: lo da {ADMIN}, a la aplicación"),
    (
        r"AADSTS(53000|53001|53003|50158|530004)",
        f"Una regla de acceso condicional lo impide: hable con {ADMIN}",
    ),
    (r"AADSTS(50057|50053|50034)", f"La cuenta no existe, está bloqueada o desactivada: hable con {ADMIN}"),
    (r"AADSTS700082", f"Nadie usó el permiso en 90 días y venció. {LOGIN}"),
    (r"AADSTS(50173|50133|70043|50076|50078|50079)", f"El permiso se anuló o cambió la contraseña. {LOGIN}"),
    (r"^(invalid_grant|interaction_required|access_denied)", f"El permiso venció o se anuló. {LOGIN}"),
    (r"^invalid_client", "Revise client_id y client_secret: el proveedor no los acepta"),
    (r"^unauthorized_client", "La aplicación no puede pedir tokens así: revise su registro y grant"),
    (r"^(invalid_scope|AADSTS70011)", "Revise scope: el proveedor no lo conoce"),
)


def cure_of(code: str, description: str, client: Client) -> str:
    """A sentence without its full stop."""
    found = f"{code} {description}"
    for pattern, cure in CURES:
        if re.search(pattern, found):
            if LOGIN in cure and not client.by_login:
                return "Revise client_id, client_secret y los permisos de la aplicación"
            return cure.replace("{mailbox}", client.mailbox)
    return "Revise oauth2 y el registro de la aplicación"


def refused_by_server(client: Client) -> str:
    """A mail server that does not take a token which the provider has just given."""
    if client.by_login:
        login = LOGIN.replace("{mailbox}", client.mailbox)
        return f"Revise que username sea la cuenta que dio el permiso, o una que ella pueda abrir. {login}"
    return (
        "Revise que la aplicación tenga permiso sobre el buzón (en Exchange: New-ServicePrincipal y "
        "Add-MailboxPermission) y username"
    )
