"""The desk, in one place: what conversations, pages and the clock may ask of cases.

Rule, rows and texts are one transaction: `asked` is called inside a turn, `team` by pages (each function opens its
own), `views` read, `deadlines` is the clock.
"""

from sms_gateway.cases.answering import Closed, NotClosed, Sent, Taken, TooLate
from sms_gateway.cases.asked import (
    Promise,
    Wrote,
    citizen_wrote,
    open_case,
    reopen,
    say_helped,
    speaks,
    stop_by_citizen,
)
from sms_gateway.cases.calling import called
from sms_gateway.cases.care import Weary, asked, to_ask
from sms_gateway.cases.case import Outcome, Why
from sms_gateway.cases.deadlines import act_on_deadline, act_on_deadlines
from sms_gateway.cases.held import Waits, leave_due
from sms_gateway.cases.held_desk import HeldCase, give_back, held_answers, let_go, mark_read
from sms_gateway.cases.held_views import HeldLine
from sms_gateway.cases.late import Answered, answer_slip, answer_town
from sms_gateway.cases.leaving import release_all
from sms_gateway.cases.leaving_words import Reason
from sms_gateway.cases.matters import OpenedAgain, leave_for_another, open_again
from sms_gateway.cases.merging import merge_into
from sms_gateway.cases.number_to_ring import NotShown, show_number
from sms_gateway.cases.promise import PromiseKind
from sms_gateway.cases.resting import Why as WhyRest
from sms_gateway.cases.standings import ClosedCase, Standing, last_closed, standing
from sms_gateway.cases.team import (
    answer,
    answer_and_close,
    close,
    decline,
    give_up,
    keep_draft,
    note,
    park,
    pass_on,
    pause,
    reassign,
    send_again,
    take,
    take_back,
    take_next,
)
from sms_gateway.cases.undelivered import raise_all as raise_answers
from sms_gateway.cases.undelivered import raise_one as raise_answer
from sms_gateway.cases.views import (
    CaseLine,
    CaseView,
    DeskView,
    OfferLine,
    ThreadLine,
    VolunteerLine,
    case_view,
    desk_view,
    volunteers,
    waiting,
)

__all__ = [
    "Answered",
    "CaseLine",
    "CaseView",
    "Closed",
    "ClosedCase",
    "DeskView",
    "HeldCase",
    "HeldLine",
    "NotClosed",
    "NotShown",
    "OfferLine",
    "OpenedAgain",
    "Outcome",
    "Promise",
    "PromiseKind",
    "Reason",
    "Sent",
    "Standing",
    "Taken",
    "ThreadLine",
    "TooLate",
    "VolunteerLine",
    "Waits",
    "Weary",
    "Why",
    "WhyRest",
    "Wrote",
    "act_on_deadline",
    "act_on_deadlines",
    "answer",
    "answer_and_close",
    "answer_slip",
    "answer_town",
    "asked",
    "called",
    "case_view",
    "citizen_wrote",
    "close",
    "decline",
    "desk_view",
    "give_back",
    "give_up",
    "held_answers",
    "keep_draft",
    "last_closed",
    "leave_due",
    "leave_for_another",
    "let_go",
    "mark_read",
    "merge_into",
    "note",
    "open_again",
    "open_case",
    "park",
    "pass_on",
    "pause",
    "raise_answer",
    "raise_answers",
    "reassign",
    "release_all",
    "reopen",
    "say_helped",
    "send_again",
    "show_number",
    "speaks",
    "standing",
    "stop_by_citizen",
    "take",
    "take_back",
    "take_next",
    "to_ask",
    "volunteers",
    "waiting",
]
