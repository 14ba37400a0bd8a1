"""What is written where a login belongs, and is one: «jperez», not «nuevo», «el de red» or «clave»."""

import re

from mailbot.rules.courtesy import courteous
from mailbot.rules.fold import fold, words

NAMES = frozenset(words("usuario user username login"))
#: What may stand before its name in a label: «Nombre de usuario».
BEFORE = frozenset(words("nombre de su el mi cuenta"))
LOGIN = re.compile(r"[\w.@\\+-]{3,64}")
#: Written before the login itself: «mi usuario de red es jperez».
LEADING = NAMES | frozenset(words("es el la mi su de del red dominio"))
ASIDE = re.compile(r"\s*\([^()]{0,80}\)\W*$")
#: What describes an account or its user, or is another datum.
ORDINARY = frozenset(
    words(
        """nuevo nueva externo externa interno interna antiguo antigua actual anterior temporal personal comun normal
        propio propia mismo misma principal final generico generica publico publica contratista funcionario
        funcionaria administrador administradora admin usuario usuaria usuarios user login red dominio windows correo
        email mail outlook teams clave contrasena password pin cedula documento nombre nombres apellido apellidos
        celular telefono cargo jefe jefa director directora secretaria secretario practicante pasante proveedor
        ninguno ninguna ningun todos todas cualquiera varios varias otro otra ambos alguno si no ya aun para por con
        sin favor error bloqueo acceso ingreso retiro creacion cambio equipo sistema aplicativo aplicacion perfil rol
        desbloquear bloquear activar desactivar inactivar crear eliminar retirar restablecer reactivar habilitar
        deshabilitar ingresar entrar cambiar actualizar recuperar resetear asignar confirmar consultar verificar
        pendiente adjunto adjunta abajo arriba siempre urgente remoto remota"""
    )
)
#: Participles, adjectives and nouns of actions: «bloqueado», «inactiva», «existente», «institucional», «creación».
DESCRIBES = re.compile(r".*(?:(?:ad|id|iv|ic|ct)[oa]s?|[ae]nte|ble|ional|cion|miento)")
#: So words of a language begin; an initial and a surname seldom do («jperez», «mhurtado»).
SPOKEN = re.compile(r"(?:[bcfgp][lr]|[dt]r|ch|ll|ps|[^aeiou])?[aeiouy]")


def asked_by(label: str) -> bool:
    """Whether a label asks for a login: «Usuario con el que ingresa», not «Tipo de usuario» or «Nombre del usuario»."""
    said = words(fold(label))
    at = next((n for n, word in enumerate(said) if word in NAMES), len(said))
    return at < len(said) and BEFORE.issuperset(said[:at])


def login(text: str) -> str | None:
    """The one word that may be a login, without what leads to it, what is added in brackets, and thanks."""
    main, _, thanks = ASIDE.sub("", text).partition(",")
    if thanks and not courteous(thanks):
        return None
    said = [word.strip("*_,;:=\"'«»") for word in main.split()]
    while said and (fold(said[0]) in LEADING or not said[0]):
        said = said[1:]
    value = said[0].rstrip(".") if len(said) == 1 else ""
    return value if LOGIN.fullmatch(value) and not _ordinary(value) else None


def is_marked(value: str) -> bool:
    """It has a sign that words have not, or is none that could be spoken."""
    return not value.isalpha() or not SPOKEN.match(fold(value))


def _ordinary(word: str) -> bool:
    said = fold(word)
    if said in ORDINARY:
        return True
    return not is_marked(word) and bool(word.istitle() or DESCRIBES.fullmatch(said))
