"""Writes the files of other layouts into a folder, with their truth beside them."""

# ruff: noqa: E501  the files are written as they would arrive, one to a line

from __future__ import annotations

import io
import json
import sys
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from tests.intake.layouts.truth import adult, any_of, child, said

TO = "MASH Northmere <mash@northmere.example>"


def _mail(
    sender: str,
    subject: str,
    date: str,
    body: str,
    *,
    html: str = "",
    files: tuple[tuple[str, bytes], ...] = (),
) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"], message["Date"] = sender, TO, subject, date
    message["Message-ID"] = f"<{abs(hash((sender, subject))) % 10**9}@layouts.example>"
    if body or not html:
        message.set_content(body)
        if html:
            message.add_alternative(html, subtype="html")
    else:
        message.set_content(html, subtype="html")
    for name, data in files:
        kind = ("application", "pdf") if name.endswith(".pdf") else ("application", "octet-stream")
        message.add_attachment(data, maintype=kind[0], subtype=kind[1], filename=name)
    return message.as_bytes()


def _docx(*blocks: Any) -> bytes:
    """Strings become paragraphs; lists of rows become tables (None merges with the left)."""
    import docx

    document = docx.Document()
    for block in blocks:
        if isinstance(block, str):
            if block.startswith("# "):
                document.add_heading(block[2:], 2)
            else:
                document.add_paragraph(block)
            continue
        table = document.add_table(rows=len(block), cols=max(map(len, block)))
        for at, row in enumerate(block):
            for column, words in enumerate(row):
                if words is None:
                    table.cell(at, column - 1).merge(table.cell(at, column))
                else:
                    table.cell(at, column).text = words
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _pdf(lines: list[Any]) -> bytes:
    """Strings are lines of text; a tuple is (x, words) pairs on one line; None is a gap."""
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    page = Canvas(out, pagesize=(595, 842), invariant=1)
    page.setFont("Helvetica", 10)
    y = 800
    for line in lines:
        if line is None:
            y -= 12
            continue
        for x, words in line if isinstance(line, tuple) else ((50, line),):
            page.drawString(x, y, words)
        y -= 14
    page.save()
    return out.getvalue()


def cases() -> list[tuple[str, bytes, list[dict[str, Any]]]]:
    """Each file's name, bytes and truths."""
    out: list[tuple[str, bytes, list[dict[str, Any]]]] = []

    # a child a column, the labels down the side; answers by tick after the words
    form = _docx(
        "# Tarnsby District Council - Request for Support",
        "# 1. Person completing this form",
        [["Full name", "Hallam Wetherby"], ["Designation", "Tenancy Sustainment Officer"], ["Employing organisation", "Saltmarsh Housing Association"],
         ["Direct dial", "01632 960411"], ["Secure email", "h.wetherby@saltmarsh.example"], ["Work address", "9 Quay Street, Tarnsby, NM7 0AA"]],
        "# 2. Young people this is about",
        [["", "Child 1", "Child 2", "Child 3"],
         ["Given names", "Ffion Haf", "Macsen", "Unborn"],
         ["Surname", "ap Rhys-Tudor", "ap Rhys-Tudor", "ap Rhys-Tudor"],
         ["Birth date / EDD", "04-02-2012", "19-11-2016", "EDD 20-03-2027"],
         ["M/F", "F", "M", ""],
         ["Setting attended", "Ysgol Aber Tarn", "Ysgol Aber Tarn", "n/a"],
         ["Ethnic group", "White Welsh", "White Welsh", "-"],
         ["Additional needs", "none known", "ADHD, on medication", "n/a"]],
        "# 3. Parents, carers and others in the household",
        [["Name", "How related", "Birth date", "PR?"],
         ["Lowri Tudor", "Mum", "30-06-1990", "Y"], ["Rhys ap Gwilym", "Stepdad", "unknown", "N"]],
        [["Where does the family live?", "Flat 2, 14 Capstan Parade\nTarnsby\nNM7 5JW"], ["Main language spoken at home", "Welsh"], ["Is an interpreter required?", "Yes [ ]  No [x]"]],
        "# 4. What is happening",
        "Neighbours report screaming at night. Macsen told our plumber he sleeps in the airing cupboard “because it’s the warm place”.",
        "# 5. Agreement",
        [["Has the family been made aware of this request?", "Yes [x]  No [ ]"], ["Have they agreed to information being shared?", "Yes [x]  No [ ]"],
         ["Does this need a same-day response?", "Yes [ ]  No [x]"], ["Is there anything that makes visiting unsafe?", "Stepdad keeps an air rifle behind the front door"]],
    )  # fmt: skip
    out.append((
        "L01_child_per_column.eml",
        _mail("Hallam Wetherby <h.wetherby@saltmarsh.example>", "Request for support", "Mon, 09 Nov 2026 10:02:00 +0000", "Hi, form attached.\n\nHallam\n", files=(("request.docx", form),)),
        [said("L01_child_per_column.eml", "4", {"name": "Hallam Wetherby", "role": "Tenancy Sustainment Officer", "agency": "Saltmarsh Housing Association", "phone": "01632 960411", "email": "h.wetherby@saltmarsh.example"},
              received_at="2026-11-09T10:02:00+00:00", attachments=1,
              children=[child("Ffion Haf", "ap Rhys-Tudor", dob="2012-02-04", sex="F", school="Ysgol Aber Tarn", ethnicity_text="White Welsh", language="Welsh", interpreter=False),
                        child("Macsen", "ap Rhys-Tudor", dob="2016-11-19", sex="M", school="Ysgol Aber Tarn", ethnicity_text="White Welsh", language="Welsh", interpreter=False, disability_text="ADHD, on medication"),
                        child(None, "ap Rhys-Tudor", edd="2027-03-20", sex=any_of(None, "U"), language=any_of(None, "Welsh"), interpreter=any_of(None, False))],
              adults=[adult("Lowri Tudor", "mother", dob="1990-06-30", parental_responsibility=True), adult("Rhys ap Gwilym", "stepfather")],
              address={"line": "Flat 2, 14 Capstan Parade", "postcode": "NM7 5JW"}, concern_contains=["sleeps in the airing cupboard"],
              consent="given", family_informed=True, risk_to_workers=True, risk_contains=["air rifle behind the front door"])],
    ))  # fmt: skip

    # JSON: questions and answers, snake and camel, numbers as text
    answers = {
        "meta": {"source": "public-form", "received": "2026-11-12T18:40:11Z", "ref": "PF-2231"},
        "responses": [
            {"question": "Your full name", "answer": "Delphine Achebe-Moor"},
            {"question": "What is your relationship to the child?", "answer": "Childminder"},
            {"question": "Best contact number", "answer": "07700 900123"},
            {"question": "Email address", "answer": "delphine@minders.example"},
            {"question": "Name of the child", "answer": "Oisín Barraclough"},
            {"question": "Child's date of birth (if known)", "answer": "17/09/2022"},
            {"question": "Is the child a boy or a girl?", "answer": "Boy"},
            {"question": "Where does the child live?", "answer": "5 Lugger Court, Millfleet, NM3 6QD"},
            {"question": "Who does the child live with?", "answer": "Mum Tamara Barraclough and her boyfriend Craig"},
            {"question": "Please tell us what has worried you", "answer": "Twice this week Oisín has come with the same nappy he left in. There were small round marks on his back."},
            {"question": "Does the family know you are getting in touch?", "answer": "No"},
            {"question": "Is the child in immediate danger?", "answer": "Not sure"},
            {"question": "Are there any dangers for our workers at the address?", "answer": "Not that I know of"},
        ],
    }  # fmt: skip
    out.append((
        "L02_questions.json", json.dumps(answers, ensure_ascii=False, indent=2).encode(),
        [said("L02_questions.json", "1B", {"name": "Delphine Achebe-Moor", "role": "Childminder", "phone": "07700 900123", "email": "delphine@minders.example"},
              received_at="2026-11-12T18:40:11+00:00", children=[child("Oisín", "Barraclough", dob="2022-09-17", sex="M")],
              adults=[adult("Tamara Barraclough", "mother"), adult("Craig", any_of("mother's partner", "partner"))],
              address={"line": "5 Lugger Court", "postcode": "NM3 6QD"}, concern_contains=["small round marks on his back"], family_informed=False, risk_to_workers=any_of(False, None))],
    ))  # fmt: skip

    # JSON: nested snake_case
    nested = {
        "submission": {"id": "A-77", "submitted_on": "2026-11-13T08:15:00+00:00", "type": "professional"},
        "referring_professional": {"first_name": "Marguerite", "last_name": "Osei-Tandy", "position": "Practice Nurse", "place_of_work": "Harbour Medical Practice", "tel_no": "01632 960222", "email_address": "m.osei@harbour.example"},
        "subjects": [
            {"personal": {"first_names": "Weronika", "last_name": "Sikorska", "birth_date": "2018-12-24", "gender": "female", "nhs_no": "999 002 0000", "preferred_name": "Wera"},
             "education": {"name": "Harrowfen Primary School", "year_group": "Year 3"}, "needs": {"disabilities": ["Epilepsy"], "first_language": "Polish", "requires_interpreter": True}},
        ],
        "family_members": [{"full_name": "Dorota Sikorska", "relation": "mother", "has_parental_responsibility": "yes", "birth_date": "1991-01-19"}, {"full_name": "Piotr Sikorski", "relation": "father", "has_parental_responsibility": "unknown"}],
        "home": {"house": "22 Trinity Lane", "town": "Harrowfen", "post_code": "NM5 1AA"},
        "referral": {"reason": "Weronika missed three epilepsy reviews and had a seizure at school; mum said the tablets ran out in August.", "is_urgent": "no", "family_informed": "yes", "consent_given": "yes", "worker_safety_concerns": "none"},
    }  # fmt: skip
    out.append((
        "L03_nested.json", json.dumps(nested, ensure_ascii=False).encode(),
        [said("L03_nested.json", "3D", {"name": "Marguerite Osei-Tandy", "role": "Practice Nurse", "agency": "Harbour Medical Practice", "phone": "01632 960222", "email": "m.osei@harbour.example"},
              received_at="2026-11-13T08:15:00+00:00",
              children=[child("Weronika", "Sikorska", aliases=any_of(["Wera"], ["Wera Sikorska"]), dob="2018-12-24", sex="F", nhs_number="9990020000", school="Harrowfen Primary School", language="Polish", interpreter=True, disability_text="Epilepsy", age_text=any_of(None, "Year 3"))],
              adults=[adult("Dorota Sikorska", "mother", dob="1991-01-19", parental_responsibility=True), adult("Piotr Sikorski", "father")],
              address={"line": "22 Trinity Lane", "postcode": "NM5 1AA"}, concern_contains=["missed three epilepsy reviews"], consent="given", family_informed=True, risk_to_workers=False)],
    ))  # fmt: skip

    # XML with attributes
    xml = """<?xml version="1.0"?>
<ns:Referral xmlns:ns="urn:x-northmere" SubmittedOn="2026-11-10T12:00:00+00:00">
 <ns:ReferrerDetails Forename="Ikram" Surname="Belhadj" JobTitle="Deputy Head" Organisation="Millfleet Academy" ContactNumber="01632 960765" EmailAddress="i.belhadj@millfleet.example"/>
 <ns:YoungPerson><ns:FirstName>Jaydon</ns:FirstName><ns:LastName>Fotheringay</ns:LastName><ns:DOB>2010-10-02</ns:DOB><ns:Gender>Male</ns:Gender><ns:UPN>H999200114025</ns:UPN><ns:EducationSetting>Millfleet Academy</ns:EducationSetting><ns:Ethnicity>Mixed White and Black Caribbean</ns:Ethnicity></ns:YoungPerson>
 <ns:Household><ns:Member Name="Sharon Fotheringay" RelationshipToChild="Mother" DateOfBirth="1984-05-05"/><ns:Member Name="Kai Fotheringay" RelationshipToChild="Brother" DateOfBirth="2015-03-03"/></ns:Household>
 <ns:HomeAddress><ns:AddressLine1>31 Foundry Road</ns:AddressLine1><ns:AddressLine2>Millfleet</ns:AddressLine2><ns:PostCode>NM3 1TT</ns:PostCode></ns:HomeAddress>
 <ns:ReasonForContact>Jaydon came in with &#163;300 and a second phone. He told his tutor "I can't stop, they know where my nan lives".</ns:ReasonForContact>
 <ns:FamilyAware>false</ns:FamilyAware><ns:ConsentObtained>false</ns:ConsentObtained><ns:ConsentReason>Not sought: it could put him in danger</ns:ConsentReason><ns:ImmediateRisk>true</ns:ImmediateRisk>
</ns:Referral>"""
    out.append((
        "L04_attributes.xml", xml.encode(),
        [said("L04_attributes.xml", "2A", {"name": "Ikram Belhadj", "role": "Deputy Head", "agency": "Millfleet Academy", "phone": "01632 960765", "email": "i.belhadj@millfleet.example"},
              received_at="2026-11-10T12:00:00+00:00",
              children=[child("Jaydon", "Fotheringay", dob="2010-10-02", sex="M", upn="H999200114025", school="Millfleet Academy", ethnicity_text="Mixed White and Black Caribbean"), child("Kai", "Fotheringay", dob="2015-03-03", sex=any_of("M", None))],
              adults=[adult("Sharon Fotheringay", "mother", dob="1984-05-05")], address={"line": "31 Foundry Road", "postcode": "NM3 1TT"},
              concern_contains=["I can't stop, they know where my nan lives"], consent="not_asked", consent_reason_contains=["put him in danger"], family_informed=False, urgent=True)],
    ))  # fmt: skip

    # CSV with semicolons and other headings
    csv = (
        "Ref;Date/time logged;Reporting officer;Child first name(s);Child last name;D.O.B.;Gender;Home address;Parent/carer name;Relationship;What happened\r\n"
        "A1;18/11/2026 21:10;PS 118 Ottilie Crane;Amira;Haddad-Lowe;12.05.2014;Female;2 Spinnaker Way, Quillmouth, NM9 4RR;Leila Haddad;Mother;Child called 999 as mother and partner fighting\r\n"
        "A2;18/11/2026 22:45;PC 4090 Bram Oyelowo;;;;;17 Cable Street, Northmere, NM1 2DF;Dean Cutler;Father;Two small children seen in car with drunk driver, names refused\r\n"
    ).encode("cp1252")  # fmt: skip
    out.append((
        "L05_semicolons.csv", csv,
        [said("L05_semicolons.csv#1", "6", {"name": "Ottilie Crane", "role": "PS"}, received_at=any_of("2026-11-18T21:10:00+00:00", None),
              children=[child("Amira", "Haddad-Lowe", dob="2014-05-12", sex="F")], adults=[adult("Leila Haddad", "mother")], address={"line": "2 Spinnaker Way", "postcode": "NM9 4RR"}, concern_contains=["Child called 999"], urgent=any_of(True, False)),
         said("L05_semicolons.csv#2", "6", {"name": "Bram Oyelowo", "role": "PC"}, received_at=any_of("2026-11-18T22:45:00+00:00", None),
              children=any_of([], [child(None, None)], [child(None, None), child(None, None)]), adults=[adult("Dean Cutler", "father")], address={"line": "17 Cable Street", "postcode": "NM1 2DF"}, concern_contains=["names refused"], urgent=any_of(True, False))],
    ))  # fmt: skip

    # a flat PDF in two columns, labels above the values
    pdf = _pdf([
        "Wrackford and Mere Fire and Rescue - Safeguarding Concern Form", None,
        ((50, "Reporter"), (250, "Job title"), (420, "Telephone")), ((50, "Ingrid Solheim-Baird"), (250, "Watch Manager"), (420, "01632 960999")), None,
        ((50, "Children at the property"),),
        ((50, "Forename"), (170, "Surname"), (290, "DOB"), (380, "School")),
        ((50, "Teagan"), (170, "Mullaney"), (290, "07/07/2013"), (380, "Ostermere High School")),
        ((50, "Rory"), (170, "Mullaney"), (290, "23/02/2018"), (380, "Kestrel Lane School")), None,
        ((50, "Mother's name:"), (200, "Aisling Mullaney")), ((50, "Address of property:"), (200, "Cottage 4, Old Ropewalk, Ostermere, NM6 3BC")), None,
        "What did you see?", "Smoke alarms removed, candles used for light, children alone for about two hours.", "Teagan said she cooks for Rory every night.", None,
        ((50, "Parent told about this form:"), (250, "Yes")), ((50, "Consent:"), (250, "Parent consented verbally at the scene")), ((50, "Risks to visiting staff:"), (250, "None seen")),
    ])  # fmt: skip
    out.append((
        "L06_fire_flat.eml", _mail("WMFRS Community Safety <safeguarding@wmfrs.example>", "Safeguarding form", "Thu, 12 Nov 2026 07:45:00 +0000", "Please see attached.", files=(("form.pdf", pdf),)),
        [said("L06_fire_flat.eml", "8", {"name": "Ingrid Solheim-Baird", "role": "Watch Manager", "agency": "Wrackford and Mere Fire and Rescue", "phone": "01632 960999", "email": "safeguarding@wmfrs.example"},
              received_at="2026-11-12T07:45:00+00:00", attachments=1,
              children=[child("Teagan", "Mullaney", dob="2013-07-07", school="Ostermere High School"), child("Rory", "Mullaney", dob="2018-02-23", school="Kestrel Lane School")],
              adults=[adult("Aisling Mullaney", "mother")], address={"line": "Cottage 4, Old Ropewalk", "postcode": "NM6 3BC"}, concern_contains=["candles used for light", "cooks for Rory every night"],
              consent="given", family_informed=True, risk_to_workers=False)],
    ))  # fmt: skip

    # police prose in a PDF
    prose = _pdf([
        "SOUTH MERE POLICE - VULNERABLE CHILD REPORT", "Report date: 11/11/2026   Author: DC 771 Petra Vanbrugh   Telephone: 01632 960313", None,
        "At 20:15 on 10/11/2026 officers attended 8 Bosun Close, Northmere, NM1 7QQ following a 999 call.", "Present were Carl Winstanley (born 04/03/1988), his partner Jodie Marsh (born 21/09/1992)",
        "and her daughter Lexi Marsh (born 15/05/2017). Carl Winstanley had pushed Jodie against a wall.", "Lexi said \"he always does it when mummy is late\". She had no injuries.", "Jodie Marsh is aware that police will share this report with children's services.",
    ])  # fmt: skip
    out.append((
        "L07_police_prose.eml", _mail("South Mere Police PPU <ppu@southmere-police.example>", "VCR 771", "Wed, 11 Nov 2026 09:00:00 +0000", "Report attached.", files=(("VCR.pdf", prose),)),
        [said("L07_police_prose.eml", "6", {"name": "Petra Vanbrugh", "role": "DC", "agency": any_of("South Mere Police", None), "phone": "01632 960313", "email": "ppu@southmere-police.example"},
              received_at="2026-11-11T09:00:00+00:00", attachments=1,
              children=[child("Lexi", "Marsh", dob="2017-05-15", sex=any_of("F", None))], adults=[adult("Carl Winstanley", any_of(None, "partner", "mother's partner"), dob="1988-03-04"), adult("Jodie Marsh", any_of("mother", "partner", None), dob="1992-09-21")],
              address={"line": "8 Bosun Close", "postcode": "NM1 7QQ"}, concern_contains=["he always does it when mummy is late"], family_informed=True)],
    ))  # fmt: skip

    # a midwife's letter about twins not yet born
    out.append((
        "L08_unborn_twins.eml",
        _mail("Catrin Bevan-Osman <catrin.bevan@northmereinfirmary.example>", "Concerns - pregnant woman", "Tue, 10 Nov 2026 16:20:00 +0000",
              "Dear team\n\nI am writing about Shanice Okafor-Bligh (DOB 11/03/2001), who is expecting twins, EDD 14/04/2027. She lives at Flat 9, 3 Gantry Street, Northmere NM1 5LP with her partner Tyrone Bligh.\n\nShanice attended alone today with a cut lip and said Tyrone \"goes mad when I'm on the phone\". She does not want a referral made and has refused consent. I told her that I would be making one anyway because of the risk.\n\nPlease visit in pairs, Tyrone has threatened staff on the ward.\n\nKind regards\n\nCatrin Bevan-Osman\nCommunity midwife\nNorthmere Infirmary\nTel: 01632 960618\n"),
        [said("L08_unborn_twins.eml", "3F", {"name": "Catrin Bevan-Osman", "role": "Community midwife", "agency": "Northmere Infirmary", "phone": "01632 960618", "email": "catrin.bevan@northmereinfirmary.example"},
              received_at="2026-11-10T16:20:00+00:00",
              children=any_of([child(None, None, edd="2027-04-14"), child(None, None, edd="2027-04-14")], [child(None, None, edd="2027-04-14")]),
              adults=[adult("Shanice Okafor-Bligh", any_of("mother", None), dob="2001-03-11"), adult("Tyrone Bligh", any_of("partner", "father", "mother's partner"))],
              address={"line": "Flat 9, 3 Gantry Street", "postcode": "NM1 5LP"}, concern_contains=["cut lip"], consent="refused", family_informed=True, risk_to_workers=True, risk_contains=["threatened staff"])],
    ))  # fmt: skip

    # HTML web form relay: definition list and table with th
    html = """<html><body><h2>New online referral received</h2><p>This is an automated message.</p>
<h3>About you</h3><table><tr><th>First name</th><td>Bartek</td></tr><tr><th>Last name</th><td>Lewandowski</td></tr><tr><th>Are you a</th><td>Member of the public</td></tr><tr><th>Phone</th><td>07700 900777</td></tr><tr><th>Do you wish to remain anonymous?</th><td>No</td></tr></table>
<h3>About the child</h3><dl><dt>First name</dt><dd>Ruby</dd><dt>Last name</dt><dd>Not known</dd><dt>Approximate age</dt><dd>6 or 7</dd><dt>Address</dt><dd>Flat above the launderette, 40 Herring Lane, Northmere</dd><dt>Postcode</dt><dd>NM1 6WE</dd></dl>
<h3>Your concerns</h3><p>Little girl begging outside the shop after 10pm three nights running. She said "Daddy says not to come home without money".</p>
<h3>Safety</h3><table><tr><th>Is a child in danger now?</th><td>Yes</td></tr><tr><th>Any risks our staff should know about?</th><td>Rottweiler in the stairwell</td></tr></table></body></html>"""  # fmt: skip
    out.append((
        "L09_html_relay.eml", _mail("Northmere Online <noreply@forms.northmere.example>", "Online referral 5512", "Sat, 07 Nov 2026 23:11:00 +0000", "", html=html),
        [said("L09_html_relay.eml", "1D", {"name": "Bartek Lewandowski", "role": any_of("Member of the public", None), "phone": "07700 900777"},
              received_at="2026-11-07T23:11:00+00:00", children=[child("Ruby", None, age_text="6 or 7", sex=any_of(None, "F"))],
              address={"line": "Flat above the launderette, 40 Herring Lane", "postcode": "NM1 6WE"}, concern_contains=["begging outside the shop"], urgent=True, risk_to_workers=True, risk_contains=["Rottweiler"])],
    ))  # fmt: skip

    # an anonymous caller's note, typed by a switchboard
    out.append((
        "L10_switchboard_note.eml",
        _mail("Contact Centre <contact.centre@northmere.example>", "Call to pass on", "Fri, 06 Nov 2026 12:31:00 +0000",
              "Caller would not give a name, wants to stay anonymous.\n\nSays there's a lad called Brandon Tipple, about 9, living at 118 Dock Road, Northmere NM1 3ZX, and his mum Stacey leaves him on his own at weekends. Caller has heard him crying at the window. No idea if the family know about the call.\n"),
        [said("L10_switchboard_note.eml", "9", {"anonymous": True}, received_at="2026-11-06T12:31:00+00:00",
              children=[child("Brandon", "Tipple", age_text="about 9", sex=any_of(None, "M"))], adults=[adult("Stacey", "mother")], address={"line": "118 Dock Road", "postcode": "NM1 3ZX"}, concern_contains=["crying at the window"])],
    ))  # fmt: skip

    # a school's letter with siblings, a Somali name and no form
    out.append((
        "L11_school_letter.eml",
        _mail("Abigail Frost <a.frost@limehouse.example>", "Safeguarding referral", "Wed, 04 Nov 2026 15:05:00 +0000",
              "Good afternoon,\n\nI am the Designated Safeguarding Lead at Limehouse Junior School. I would like to refer two siblings, Yasmiin Cabdullahi Nuur (Year 5, date of birth 8th April 2017) and her brother Khaliil Cabdullahi Nuur (Year 3, date of birth 30 October 2018). They live with their mother Faduma Nuur at 63 Compass House, Mast Avenue, Tarnsby, NM7 8WX. Both children speak Somali at home and Mum needs an interpreter.\n\nYasmiin disclosed to her teaching assistant, Mrs Pell, that an uncle who stays with them touches her when Mum is at work. We have not told Mum because we were advised to speak to you first, so consent has not been sought.\n\nThis is urgent as the school day ends at 3.20.\n\nMany thanks,\nAbigail Frost\nDSL, Limehouse Junior School\n01632 960505\n"),
        [said("L11_school_letter.eml", "2A", {"name": "Abigail Frost", "role": any_of("Designated Safeguarding Lead", "DSL"), "agency": "Limehouse Junior School", "phone": "01632 960505", "email": "a.frost@limehouse.example"},
              received_at="2026-11-04T15:05:00+00:00",
              children=[child("Yasmiin", "Cabdullahi Nuur", given_any=None, dob="2017-04-08", sex=any_of(None, "F"), language="Somali", interpreter=True, school=any_of(None, "Limehouse Junior School"), age_text=any_of(None, "Year 5")),
                        child("Khaliil", "Cabdullahi Nuur", dob="2018-10-30", sex="M", language="Somali", interpreter=True, school=any_of(None, "Limehouse Junior School"), age_text=any_of(None, "Year 3"))],
              adults=[adult("Faduma Nuur", "mother")], address={"line": "63 Compass House, Mast Avenue", "postcode": "NM7 8WX"}, concern_contains=["touches her when Mum is at work"],
              consent="not_asked", family_informed=False, urgent=True)],
    ))  # fmt: skip
    for truth in out[-1][2][0]["expected"]["children"]:
        truth.pop("given_any", None)
        given = truth["given"]
        truth["given"] = any_of(given, f"{given} Cabdullahi")
        truth["family"] = any_of("Cabdullahi Nuur", "Nuur")

    # plain text with dotted leaders and headings in capitals, dropped in the folder
    out.append((
        "L12_leaders.txt",
        b"REFERRER\nName ........ Solomon Achterhuis\nOccupation .... Youth worker\nOrganisation .. Harrowfen Youth Project (charity)\nMobile ........ 07700 900321\n\nYOUNG PERSON\nName ........ Kezia Thornbury\nPrefers to be called .... Kez\nDate of birth ........ 1 Sept 2010\nGender ........ Female\nSchool ........ Harrowfen High School\nLives at ........ 6 Pilot Street, Harrowfen, NM5 2LL\n\nPARENTS\nMother ........ Annette Thornbury\nFather ........ deceased\n\nCONCERN\nKezia has been going to a flat on the seafront with men in their twenties.\nShe showed me a burn on her wrist and asked me not to say anything.\n\nCONSENT\nKezia did not agree to this referral.\nFAMILY INFORMED? ........ No, Kezia asked us not to\n",
        [said("L12_leaders.txt", "8", {"name": "Solomon Achterhuis", "role": "Youth worker", "agency": "Harrowfen Youth Project", "phone": "07700 900321"},
              children=[child("Kezia", "Thornbury", aliases=["Kez"], dob="2010-09-01", sex="F", school="Harrowfen High School")], adults=[adult("Annette Thornbury", "mother")],
              address={"line": "6 Pilot Street", "postcode": "NM5 2LL"}, concern_contains=["burn on her wrist"], consent="refused", family_informed=False)],
    ))  # fmt: skip

    # Excel-like HTML: one wide row of headings, one child a row, referrer in a row above
    excel = """<table border=1><tr><td>Submitted by:</td><td>Roisin Keaney</td><td>Role:</td><td>Attendance Lead</td><td>School:</td><td>Dunlin Academy</td></tr>
<tr><td>Contact:</td><td>01632 960121</td><td>Email:</td><td>rkeaney@dunlin.example</td><td></td><td></td></tr>
<tr><td>Pupil forename</td><td>Pupil surname</td><td>DoB</td><td>UPN</td><td>Parent 1</td><td>Address</td></tr>
<tr><td>Callum</td><td>Van der Berg</td><td>03/09/2013</td><td>K999201325001</td><td>Ilse Van der Berg (mother)</td><td>12 Mizzen Close, Tarnsby NM7 3AB</td></tr>
<tr><td>Sanne</td><td>Van der Berg</td><td>22/01/2016</td><td>K999201625002</td><td>Ilse Van der Berg (mother)</td><td>12 Mizzen Close, Tarnsby NM7 3AB</td></tr>
<tr><td>Reason:</td><td colspan=5>Both absent since half term. A relative says the family may be leaving the country on Friday.</td></tr></table>"""  # fmt: skip
    out.append((
        "L13_sheet.eml", _mail("Roisin Keaney <rkeaney@dunlin.example>", "Two pupils", "Thu, 05 Nov 2026 11:00:00 +0000", "", html=f"<html><body><p>Please see below.</p>{excel}<p>Roisin</p></body></html>"),
        [said("L13_sheet.eml", "2A", {"name": "Roisin Keaney", "role": "Attendance Lead", "agency": "Dunlin Academy", "phone": "01632 960121", "email": "rkeaney@dunlin.example"},
              received_at="2026-11-05T11:00:00+00:00",
              children=[child("Callum", "Van der Berg", dob="2013-09-03", upn="K999201325001", school=any_of(None, "Dunlin Academy")), child("Sanne", "Van der Berg", dob="2016-01-22", upn="K999201625002", school=any_of(None, "Dunlin Academy"))],
              adults=[adult("Ilse Van der Berg", "mother")], address={"line": "12 Mizzen Close", "postcode": "NM7 3AB"}, concern_contains=["leaving the country on Friday"])],
    ))  # fmt: skip

    # a grandparent's own words
    out.append((
        "L14_grandmother.eml",
        _mail("Jean Wilmslow <jeanw@post.example>", "my grandson", "Sun, 01 Nov 2026 19:44:00 +0000",
              "Hello I am writing about my grandson Alfie Wilmslow who is 4, his dob is 9/6/2022. He lives with my daughter Kelly Wilmslow at 19 Ferry Road Quillmouth NM9 5TT. She is drinking again and last night I found him in the garden in the dark. I have told Kelly I would ring you and she said do what you like.\nPlease call me on 07700 900456.\nJean (nan)\n"),
        [said("L14_grandmother.eml", "1A", {"name": "Jean Wilmslow", "role": any_of("nan", "grandmother", None), "phone": "07700 900456", "email": "jeanw@post.example"},
              received_at="2026-11-01T19:44:00+00:00",
              children=[child("Alfie", "Wilmslow", dob="2022-06-09", age_text=any_of(None, "4"), sex=any_of(None, "M"))], adults=[adult("Kelly Wilmslow", any_of("mother", "daughter", None))],
              address={"line": "19 Ferry Road", "postcode": "NM9 5TT"}, concern_contains=["in the garden in the dark"], family_informed=True)],
    ))  # fmt: skip
    return out


def write(folder: Path) -> None:
    """Write every file and truth.json into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    truths: list[dict[str, Any]] = []
    for name, data, expected in cases():
        (folder / name).write_bytes(data)
        truths.extend(expected)
    (folder / "truth.json").write_text(json.dumps(truths, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
