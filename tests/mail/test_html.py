"""HTML mail becomes the text that its reader sees (lessons 30; hazards 28, 30, 37, 44)."""

import time

import pytest
from hypothesis import example, given, settings, strategies as st

from mailbot.mail.html import DEEPEST, LIMIT, to_text

READS = [
    # entities keep their accents (html2text made "i" of it)
    ("Tel&eacute;fono m&#243;vil: d&iacute;a y a&ntilde;o", "Teléfono móvil: día y año"),
    # what only looks like a tag stays
    ("si a < b y b &lt; c", "si a < b y b < c"),
    # Outlook: a paragraph per line, an empty one for a blank line
    ("<p class=MsoNormal>Buenos días</p><p>&nbsp;</p><p>No imprime</p>", "Buenos días\n\nNo imprime"),
    # Gmail: a div per line, <br> for a blank one
    ('<div dir="ltr">Hola<div><br></div><div>Sede: Calle 26</div></div>', "Hola\n\nSede: Calle 26"),
    # <br> at the end of a block is one break, not two
    ("<div>uno<br></div><div>dos</div>", "uno\ndos"),
    # a break at the end of a block too, where text follows it directly
    ("<p>uno</p>dos<div>tres</div>cuatro", "uno\ndos\ntres\ncuatro"),
    # bold and links do not break a line (selectolax did)
    ("El <b>equipo</b> de <a href='http://x.example'>piso</a> 3", "El equipo de piso 3"),
    # newlines of the source are blanks
    ("Nombre:\r\n   Ana\n Pérez", "Nombre: Ana Pérez"),
    # the cells of a row stand on one line, for `label: value`
    ("<table><tr><td>Teléfono:</td><td>3001234567</td></tr></table>", "Teléfono:\t3001234567"),
    # also where Word wraps each cell in a paragraph, and the value in a span
    (
        (
            "<table><tr><td>\n<p>Teléfono:</p>\n</td>\n<td>\n<p><span>300 123</span></p></td></tr>\n"
            "<tr><td><p>Sede:</p></td><td><p>Calle 26</p></td></tr></table>"
        ),
        "Teléfono:\t300 123\nSede:\tCalle 26",
    ),
    # a row does not join what stands before or behind the table
    ("<p>Datos</p><table><tr><td>A:</td><td>1</td></tr></table>fin", "Datos\nA:\t1\nfin"),
    # a cell of several lines is layout: its neighbour begins a line of its own
    ("<table><tr><td>Uno<br>Dos</td><td>Tres</td></tr></table>", "Uno\nDos\nTres"),
    # a table within a cell does not join the outer row
    (
        "<table><tr><td><table><tr><td>a</td><td>b</td></tr></table></td><td>c</td></tr></table>",
        "a\tb\nc",
    ),
    # end tags of cells and rows may be missing
    ("<table><tr><td>A:<td>1<tr><td>B:<td>2</table>", "A:\t1\nB:\t2"),
    # lists
    ("<ul><li>uno</li><li><p>dos</p></li></ul><ol><li>a<li>b</ol>fin", "- uno\n- dos\n1. a\n2. b\nfin"),
    # an empty item does not swallow the next one, nor does an empty cell the next row
    ("<ul><li></li><li>dos</li></ul>", "-\n- dos"),
    ("<table><tr><td>A:</td><td></td></tr><tr><td>B:</td><td>2</td></tr></table>", "A:\nB:\t2"),
    # preformatted text keeps its lines
    ("<pre>error 5\nlínea 2</pre>", "error 5\nlínea 2"),
    # quotes are marked, two deep too
    (
        "<div>listo</div><blockquote><p>uno</p>dos<blockquote>tres</blockquote></blockquote>mío",
        "listo\n> uno\n> dos\n> > tres\nmío",
    ),
    # Thunderbird's line above the quote, in any language
    (
        '<p>sí</p><div class="moz-cite-prefix">Am 03.02.25 schrieb Mesa:<br></div><blockquote>q</blockquote>',
        "sí\n> Am 03.02.25 schrieb Mesa:\n> q",
    ),
    # Yahoo
    ('va<div id="y1" class="yahoo_quoted"><div>El lunes…</div><div>q</div></div>', "va\n> El lunes…\n> q"),
    # Outlook on the web and phones: all that follows is the message answered
    (
        (
            '<div>300 123</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>Von:</b> Mesa<br>'
            "<b>Gesendet:</b> Montag</div><div>Faltan datos</div>"
        ),
        "300 123\n> Von: Mesa\n> Gesendet: Montag\n> Faltan datos",
    ),
    # that id within a quote says nothing of what was typed below it
    ("<blockquote><div id=divRplyFwdMsg>De: x</div></blockquote>Sede: 26", "> De: x\nSede: 26"),
    # a newsletter's hidden first lines
    ('<div style="display:none;font-size:0">oferta<div>x</div></div>Hola', "Hola"),
    ("<span style='DISPLAY : none'>a<span>b</span></span>c<i style='visibility:hidden'>d</i>", "c"),
    # a long s and an i without its dot are the same letters to whoever ignores case
    ("<i style='di\u017fplay:none'>a</i>b<i style='v\u0131sibility:hidden'>c</i>", "b"),
    # an unclosed hidden paragraph ends with the next block
    ('<p style="display:none">oculto<p>visible', "visible"),
    # a hidden element without content hides nothing
    ('<img style="display:none" src="http://x.example/p.gif">Hola', "Hola"),
    # scripts, styles, titles, comments, Outlook's conditions
    (
        (
            "<html><head><title>T</title><style>p > a {color:red}</style></head><body>"
            "<!--[if gte mso 9]><xml>x</xml><![endif]-->Hola<script>if (a<b) x()</script>"
            "<![if !mso]> mundo<![endif]></body></html>"
        ),
        "Hola mundo",
    ),
    # `>` within an attribute does not end the tag
    ('<a title="x > y">enlace</a>', "enlace"),
    # Word's own tags
    ("<p>Hola<o:p></o:p></p>", "Hola"),
    # nothing
    ("", ""),
    ("<div><br><br></div>", ""),
]


@pytest.mark.parametrize(("source", "text"), READS)
def test_html_reads_as_its_reader_sees_it(source: str, text: str) -> None:
    assert to_text(source) == text


HOSTILE = {
    "200,000 nested blocks (html5ever and lexbor: over 40 s)": "<div>" * 200_000,
    "open formatting repeated in every paragraph (html5ever: gigabytes)": "<p>"
    + "".join(f"<b id={n}>" for n in range(20_000))
    + "<p>x" * 150_000,
    "misnested links": "<a><div>" * 125_000,
    "open tables": "<table><tr><td>" * 66_000,
    "cells": "<tr>" + "<td>x" * 199_000,
    "120,000 attributes (lexbor: 9 s at 50,000)": "<p " + " ".join(f"a{n}=1" for n in range(120_000)),
    "only <": "<" * LIMIT,
    "tags without end": "<a<" * 333_000,
    "quotes without end": '<a ="' * 200_000,
    "comments without end": "<!--" * 250_000,
    "styles without end": "<style" * 160_000,
    "ampersands": "&a" * 500_000,
    "entities that are none": ("&" + "a" * 31) * 31_000,
    "a million blanks": " " * LIMIT,
    "equals signs and blanks": "<p " + ("=" + " " * 50) * 19_000,
    "list items": "<ul><li>x" * 110_000,
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_hostile_html_of_1_mb_takes_less_than_a_second(source: str) -> None:
    """Hazards 37 and 44."""
    began = time.process_time()
    to_text(source)
    assert time.process_time() - began < 1


def test_deep_quotes_do_not_grow_the_text() -> None:
    text = to_text("<blockquote>x" * 70_000)
    assert text.splitlines()[-1] == "> " * DEEPEST + "x"
    assert len(text) < LIMIT


def test_what_stands_behind_the_limit_is_not_read() -> None:
    assert to_text("a" * LIMIT + "b") == "a" * LIMIT


TAGS = ["p", "div", "td", "tr", "table", "li", "ol", "blockquote", "pre", "br", "b", "p style='display:none'"]
SOUP = st.lists(
    st.sampled_from(
        [f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS[:-1]] + ["&nbsp;", "x", " ", "\n"]
    )
)


@settings(deadline=None)
@given(SOUP)
@example(["</ol>", "</pre>", "</blockquote>", "<li>", "x"])
def test_no_soup_of_tags_breaks_it_or_leaves_a_tag_behind(soup: list[str]) -> None:
    text = to_text("".join(soup))
    assert "<" not in text
    assert "\n\n\n" not in text
    assert all(line == line.rstrip() for line in text.split("\n"))


@settings(deadline=None)
@given(st.text(alphabet="<>!-/='\"&;#ab \n"))
def test_any_text_is_read_without_an_exception(source: str) -> None:
    to_text(source)


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1))
def test_escaped_words_come_back_as_they_were(words: str) -> None:
    escaped = words.replace("&", "&amp;").replace("<", "&lt;")
    assert to_text(f"<p>{escaped}</p>") == words
