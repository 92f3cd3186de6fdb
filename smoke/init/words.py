"""How pages call what signs somebody in and out, in the languages that are common on the web. Pure."""

from __future__ import annotations

import re

SIGN_IN = re.compile(
    r"\b(log|sign)[\s-]?(in|on)\b|\blogin\b|\banmelden|\beinloggen|se connecter|connexion|iniciar sesi|\bacceder\b"
    r"|\bentrar\b|\baccedi\b|\binloggen|logga in|zaloguj",
    re.IGNORECASE,
)
SIGN_OUT = re.compile(
    r"\b(log|sign)[\s-]?(out|off)\b|\blogout\b|\babmelden|\bausloggen|d[ée]connexion|se d[ée]connecter|cerrar sesi"
    r"|\bsair\b|\besci\b|\buitloggen|logga ut|wyloguj",
    re.IGNORECASE,
)
GO_ON = re.compile(r"\b(next|continue|proceed|weiter|suivant|siguiente|continuar|avanti|volgende)\b", re.IGNORECASE)
CONFIRM = re.compile(rf"^\W*(yes|ok|okay|confirm|continue|ja|oui|s[ií])\b|{SIGN_OUT.pattern}", re.IGNORECASE)
ELSEWHERE = re.compile(
    r"\b(with|using|via|mit) \w|google|github|sso\b|passkey|forgot|vergessen|lost|reset|show|register", re.I
)
"""Buttons of a login that are another way in, or none."""
USER = re.compile(r"user|e-?mail|login|account|benutzer|identifi|usuario|\bname\b", re.IGNORECASE)
CODE = re.compile(
    r"one-time-code|\botp\b|totp|2fa|mfa|two.?factor|authenticat(or|ion).?code|verification|one.?time|\bcode\b|\btoken\b",
    re.IGNORECASE,
)
COOKIES = re.compile(r"\bcookie|\bconsent\b", re.IGNORECASE)
REFUSES = re.compile(
    r"\b(reject|refuse|decline|deny)\b|\b(necessary|essential|required)( cookies)? only\b"
    r"|\bonly (the )?(\w+ )?(necessary|essential)|\bablehnen|\bnur (notwendige|erforderliche)"
    r"|\brefuser|\brechazar|\brifiuta|\bweiger|\bodrzu",
    re.IGNORECASE,
)
ACCEPTS = re.compile(
    r"\b(accept|agree|allow|got it|understand|understood|dismiss)\b|^(ok|okay|close|\u00d7)$|\bakzeptieren|\bzustimmen"
    r"|\bverstanden|\beinverstanden|\baccepter|\baceptar|\baccetta|\baccepteren|\bakceptuj",
    re.IGNORECASE,
)
"""Buttons that answer a banner about cookies."""
MINE = re.compile(r"account|profile|\buser|avatar|konto|compte|cuenta", re.IGNORECASE)
MENU = re.compile(r"\bmenu\b|settings|\bmore\b", re.IGNORECASE)
REFUSAL = (
    r"invalid|incorrect|wrong|not (match|found|recogni|exist|correct)|no (such|match)|unknown|failed|failure|denied"
    r"|enter (a|the) correct|try again|did(n.t| not)|do(n.t| not)|unable|couldn.t|cannot|can.t|ung.ltig|falsch|nicht"
)
"""Part of a sentence that refuses a login; also a regular expression of JavaScript."""
