"""The census code of who referred: the job first, then the body they work for."""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

import re

# order matters: the first that fits is taken. Codes: DfE children in need census, referral source.
_POSTS: tuple[tuple[str, str], ...] = (
    ("3C", r"school nurs\w*|school health"),
    ("3B", r"health visit\w*|\bhv\b"),
    ("3F", r"midwi\w+|maternity|paramedic|ambulance|emergency medical technician|paediatrician|psychiatrist|camhs|hospice"),
    ("3E", r"a\s?&\s?e\b|accident (?:and|&) emergency|emergency (?:department|medicine)|\bed (?:\w+ )?(?:sister|nurse|consultant|doctor|registrar|practitioner|lead)|urgent (?:care|treatment)|emergency care|minor injur\w+"),
    ("7", r"probation|cafcass|immigration|border command|prison|\bhmp\b|family court|\bcourts?\b|magistrat\w+|solicitor|\bllp\b|border force|legal adviser|barrister"),
    ("3A", r"\bgps?\b|general practi\w+"),
    ("3D", r"dentist\w*|dental|pharmac\w+|opti(?:cian|metrist)\w*|optometrist|practice nurse|district nurse|community nurse|speech and language|physiotherap\w+|occupational therap\w+|podiatr\w+|community paediatric\w*|family nurse"),
    ("2B", r"education welfare|educational psycholog\w+|attendance (?:service|team)|virtual school|send (?:team|service|officer)|inclusion officer|elective home education|education (?:service|officer|department|directorate)|children missing education|school admissions"),
    ("6", r"police|constabulary|\bpc(?:so)?\b|\bdc\b|\bds\b|\bps\b|\bd(?:ci|i)\b|\bwpc\b|\bsgt\b|sergeant|inspector|detective|constable|british transport police"),
    ("5D", r"early help|family hub|troubled families|supporting families"),
)  # fmt: skip
_BODIES: tuple[tuple[str, str], ...] = (
    ("1D", r"\bmp\b|member of parliament|constituency office"),
    ("6", r"police|constabulary"),
    ("8", r"\b(?:dance|stage|drama|gymnastics|swim(?:ming)?|football|rugby|karate|judo|riding|music|tennis|martial arts) (?:\w+ )?(?:school|academy|club|centre|studio|college)"),
    ("8", r"\bstudio\b"),
    ("8", r"nursery(?! (?:school|class))|pre-?school|playgroup|childminding agency|kindergarten|day ?care|after[- ]school|breakfast club|out of school club"),
    ("3F", r"ambulance"),
    ("2A", r"school|academy|academies|college|sixth form|pupil referral unit|\bpru\b|ysgol|primary|infant|junior|grammar|\bhigh$"),
    ("4", r"housing|homeless\w*|homes\b(?! for children)|tenancy|landlord|registered provider"),
    ("3A", r"surgery|medical (?:practice|centre|center|group)|family practice|doctors"),
    ("3D", r"health centre|community health|primary care"),
    ("3F", r"hospital|infirmary|nhs|health (?:trust|board)|healthcare|ward\b|mental health|clinic\b|sexual health|health"),
    ("5A", r"emergency duty|\bedt\b|adult social care|adults? services|adult safeguarding"),
    ("8", r"charity|voluntary|refuge|women['’]?s aid|domestic (?:abuse|violence)|\bidva\b|\bisva\b|children['’]?s (?:home|centre|society|charity)|residential|foster(?:ing)? agency|youth (?:club|project|service|work)|church|mosque|foundation|trust\b|cic\b|community (?:interest|centre|association)|club|barnardo|nspcc|project|care\b|family support|fire (?:and|&) rescue|fire (?:service|station)|food ?bank|helpline|scouts|guides|shelter|hostel|accommodation|\bltd\b|limited\b|young carers|drop-in"),
    ("5C", r"(?:county|borough|city|district|metropolitan) council(?=.*\bcouncil)|other local authority|another (?:local )?authority"),
    ("5B", r"council(?!lor)|local authority|licensing|trading standards|environmental health|revenues?|youth (?:justice|offending)|library|libraries|leisure"),
)  # fmt: skip
_PEOPLE: tuple[tuple[str, str], ...] = (
    ("1A", r"grand(?:mother|father|parent|ma|dad|pa)|nan\b|nana|gran\b|aunt\w*|uncle|mother|father|mum\b|dad\b|parent\b|step(?:mum|dad|mother|father)|foster carer|carer\b|relative|family member|(?:older |elder |adult )?(?:brother|sister|sibling)|cousin|kinship|guardian|mam\b|in-law"),
    ("1B", r"neighbou?r|\bnext door\b|\bdoors (?:down|up|away)\b|\blives? (?:opposite|upstairs|downstairs|across)\b|friend|child ?minder|babysitter|nanny|acquaintance|works? (?:with|at the same|alongside)|lodger|landlady|parent of (?:a|another)|colleague of"),
    ("1C", r"\bself\b|i am the (?:child|young person)|myself|the child\b|young person themsel\w+"),
    ("1D", r"member of (?:the )?public|stranger|passer-?by|councillor|\bmp\b|public|cleaner|shop ?keeper|store|shop|supermarket|bystander|employer|taxi driver|anyone else"),
)  # fmt: skip
_STAFF: tuple[tuple[str, str], ...] = (
    ("2A", r"teacher|head ?teacher|\bhead of year|pastoral|attendance officer|designated safeguarding|\bdsl\b|\bddsl\b|senco|sendco|teaching assistant|form tutor|school|(?:deputy|assistant|executive|acting) head|\bhead\b|principal|lunchtime|midday"),
    ("4", r"housing|tenancy|homelessness"),
    ("3F", r"nurse|doctor|consultant|registrar|sister\b|ward|matron|therapist|psycholog\w+|clinician|hospital"),
    ("5A", r"adult social worker|social worker \(adults\)"),
    ("5C", r"social worker"),
    ("8", r"famil(?:y|ies) worker|youth worker|support worker|recovery (?:worker|co-?ordinator|practitioner|nurse)|(?:drug|alcohol|substance) (?:\w+ )?worker|volunteer|refuge|\bidva\b|\bisva\b|domestic (?:abuse|violence)|key ?worker|shelter|residential|club|coach|nursery|manager of|vicar|imam|pastor|firefighter|advocate"),
)  # fmt: skip


def _first(table: tuple[tuple[str, str], ...], words: str) -> str:
    return next((code for code, pattern in table if re.search(pattern, words, re.I)), "")


_BESIDE = re.compile(
    r"(?i)\b(?:as|with|alongside|for) (?:the |her |his |their )?(?:child['’]s )?"
    r"(?:mother|father|mum|dad|parents?|carer|family)\b"
)


_OWNED = re.compile(
    r"(?i)\b(?:mum|mother|dad|father|parents?|family)['’]s? (?:work|job|office|shop|boss|firm|employer|colleague)\w*"
)


def source_code(
    role: str, agency: str, *, anonymous: bool, public: bool = False, extra: str = ""
) -> str:
    """The referral source, 1A to 10. `extra` is more words of where the referrer works; `public`
    says that the form is for the public. "10" when nothing tells.
    """
    if anonymous:
        return "9"
    role = _OWNED.sub(
        "", _BESIDE.sub("", role)
    )  # "works at the same shop as the mother" is no relative
    if not agency:
        for part in (role,):
            if (
                part
                and not _first(_POSTS, part)
                and (code := _first(_PEOPLE, part))
                and not _first(_STAFF, part)
            ):
                return code
    if re.search(r"(?i)social worker", role) and re.search(
        r"(?i)\badults?\b|\bedt\b|\bemergency duty", f"{role} {agency}"
    ):
        return "5A"
    if (
        role
        and (code := _first(_POSTS, role))
        and not (
            code == "2B"
            and re.search(r"(?i)\bschool\b|academy", agency)
            and not re.search(r"(?i)welfare|psycholog", role)
        )
    ):
        return code
    if re.search(r"(?i)social worker", role) and re.search(r"(?i)\bcouncil\b", agency):
        return "5C"
    if agency:
        if code := _first(_POSTS[5:6] + _POSTS[3:5] + _POSTS[6:] + _POSTS[2:3], agency):
            return code
        if code := _first(_BODIES, agency):
            if code == "3F" and re.search(r"(?i)dentist|pharmac|optician", role):
                return "3D"
            return code
    if role and (code := _first(_STAFF, role)):
        return code
    if role and (code := _first(_BODIES, role)):
        return code
    if extra and (code := _first(_POSTS, extra) or _first(_BODIES, extra)):
        return code
    if role and (code := _first(_PEOPLE, role)):
        return code
    if re.search(r"(?i)\b(?:cllr|councillor)\b", f"{agency} {extra}"):
        return "1D"
    return "1D" if public else "10"
