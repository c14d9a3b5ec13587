import re

from perron.project.demo import pdf

TEXT = "Ein Absatz (mit Klammern) und “Anführung”.\n\n## Überschrift\n\n- Erstens\n- Zweitens\n" + "Wort " * 3000


def objects(data: bytes) -> dict[int, bytes]:
    return {
        int(number): body
        for number, body in re.findall(rb"^(\d+) 0 obj\n(.*?)\nendobj", data, re.MULTILINE | re.DOTALL)
    }


def test_the_table_of_places_points_at_every_object() -> None:
    data = pdf.write("Titel", TEXT, language="de", footer="Stadt Eupen")
    start = int(data.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    table = data[start:].split(b"trailer")[0].splitlines()
    assert table[0] == b"xref"
    for number, line in enumerate(table[3:], start=1):
        place = int(line.split()[0])
        assert data[place:].startswith(f"{number} 0 obj".encode())
    assert len(table) - 3 == len(objects(data))


def test_every_reference_leads_somewhere() -> None:
    there = objects(pdf.write("Titel", TEXT, language="de", footer="Stadt Eupen"))
    wanted = {int(number) for body in there.values() for number in re.findall(rb"(\d+) 0 R", body)}
    assert wanted <= set(there)


def test_a_reader_program_learns_language_title_and_structure() -> None:
    data = pdf.write("Règlement", TEXT, language="fr", footer="Ville")
    assert b"/Lang(fr)" in data
    assert b"/Marked true" in data
    assert "Règlement".encode("utf-16-be").hex().upper().encode() in data
    tags = re.findall(rb"/StructElem/S/(\w+)", data)
    assert tags[:5] == [b"H1", b"P", b"H2", b"P", b"P"]
    assert data.count(b"/Type/Page/") > 1
    for stream in re.findall(rb"<</Length (\d+)>>stream\n(.*?)endstream", data, re.DOTALL):
        assert int(stream[0]) == len(stream[1])


def test_brackets_do_not_end_a_text() -> None:
    assert rb"\(mit Klammern\)" in pdf.write("Titel", TEXT, language="de", footer="x")
