"""What people send when they are asked whether they agree: yes, no, and what is neither, in three languages.

Written as thumbs write it; what is neither begins with a yes, hopes, asks, puts off, or is about something else.
"""

FR_YES = """
oui|Oui|OUI|oui.|Oui !|ouii|ouais|oui oui|oui merci|oui svp|oui bien sur|Oui bien sûr|bien sur|d'accord|
D accord|dac|ok|OK.|okay|je suis d'accord|Je suis d accord|j'accepte|je veux bien|je confirme|volontiers|
tout à fait|absolument|1|1.|1 oui|"oui"|wi|ben oui|mais oui|pas de probleme|👍
"""
FR_NO = """
non|Non|NON|non.|Non !|nan|non non|non merci|Non merci.|pas question|pas d'accord|je refuse|je ne veux pas|
je veux pas|jamais|surtout pas|certainement pas|absolument pas|hors de question|pas du tout|
je ne suis pas d'accord|mais non|ben non|2|2.|2 non|"non"|nope|no|pas moi|j'en veux pas|👎
"""
FR_NEITHER = """
peut-être|je sais pas|je ne sais pas|oui mais|oui et non|oui si c'est gratuit|oui si vous voulez|non sauf si|
mouais|bof|pourquoi ?|c'est quoi ?|qui êtes vous|j'ai pas compris|je comprends pas|je vais voir|
à voir avec ma fille|demain|plus tard|attendez|3|12|1 ou 2|1 2|oui ou non ?|ni oui ni non|je crois que oui|
je pense que non|il faut que je réfléchisse|ma carte|la mairie est fermée|combien ça coûte|...|?|noui|ouin|
je demande à mon fils|oui pour la carte mais pas pour le reste|est-ce que je dois dire oui ?|si je dis non|
on verra|ça dépend|hein
"""
EN_YES = """
yes|Yes|YES|yes.|Yes!|yess|yeah|yep|yes please|yes thank you|ok|OK.|okay|sure|of course|i agree|I agree.|
i accept|agreed|absolutely|definitely|certainly|1|1.|1 yes|"yes"|yes yes|no problem|👍
"""
EN_NO = """
no|No|NO|no.|No!|nope|no no|no thanks|no thank you|never|not at all|i refuse|I do not agree|i don't agree|
i disagree|absolutely not|certainly not|definitely not|no way|i don't want|i do not want|2|2.|2 no|"no"|nah|👎
"""
EN_NEITHER = """
maybe|perhaps|i don't know|i dont know|not sure|yes but|yes and no|yes if it is free|no unless|why?|what is it?|
who are you|i don't understand|what do you mean|i will see|let me ask my son|tomorrow|later|wait|3|12|1 or 2|
1 2|yes or no?|i think so|i guess|i suppose so|i don't think so|my card|the office is closed|how much|...|?|
it depends|yes for the card but not the rest|should i say yes?|if i say no|we'll see|hm
"""
SW_YES = """
ndiyo|Ndiyo|NDIYO|ndiyo.|Ndiyo!|ndio|ndio ndio|naam|sawa|Sawa.|sawa sawa|nakubali|Nakubali.|ninakubali|
nimekubali|bila shaka|kabisa|1|1.|1 ndiyo|"ndiyo"|ok|yes|👍
"""
SW_NO = """
hapana|Hapana|HAPANA|hapana.|Hapana!|hapana asante|la|sitaki|Sitaki.|sikubali|nakataa|ninakataa|kamwe|2|2.|
2 hapana|"hapana"|no|siyo|👎
"""
SW_NEITHER = """
labda|sijui|sina uhakika|ndiyo lakini|ndiyo na hapana|ndiyo kama ni bure|kwa nini?|ni nini?|wewe ni nani|
sielewi|sijaelewa|nitaona|nitamuuliza mwanangu|kesho|baadaye|subiri|ngoja|3|12|1 au 2|1 2|ndiyo au hapana?|
nadhani hivyo|nadhani ndiyo|kitambulisho changu|ofisi imefungwa|bei gani|...|?|inategemea|nikisema hapana|
tutaona
"""


def _said(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.replace("\n", "").split("|") if one.strip())


LABELLED: dict[str, dict[bool | None, tuple[str, ...]]] = {
    "fr": {True: _said(FR_YES), False: _said(FR_NO), None: _said(FR_NEITHER)},
    "en": {True: _said(EN_YES), False: _said(EN_NO), None: _said(EN_NEITHER)},
    "sw": {True: _said(SW_YES), False: _said(SW_NO), None: _said(SW_NEITHER)},
}
