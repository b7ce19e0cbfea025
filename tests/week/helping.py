"""Volunteers: they see an offer or miss it, take or decline, answer, close or forget to, pause, fall ill and leave.

Where they have a basic phone they do it by texts alone, through the functions that a real text takes.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from sms_gateway.cases import desk
from sms_gateway.store.tables import CaseState, Role, accounts
from tests.week.chance import ZONE

if TYPE_CHECKING:
    from tests.week.week import Week


# ---- those who answer ----


def is_asked(week: "Week", account: int, case_id: int) -> None:
    helper, times = week.team.get(account), week.scenario.times
    if helper is None or account in week.gone or helper.habit == "silent":
        return
    team = week.scenario.team
    if week.happens(team.reacts if helper.shifts else team.standing_reacts, "reacts", account):
        sees = times.sees_on_web if week.is_at_screen(account) else times.sees_by_sms
        week.after(sees, "responds", account, case_id, slow=helper.habit == "slow")


def responds(week: "Week", account: int, case_id: int) -> None:
    helper, number = week.team[account], week.numbers[case_id]
    if account in week.gone:
        return
    says_no = week.happens(week.scenario.team.says_no, "no", account)
    if helper.phone and not week.is_at_screen(account):
        week.town.volunteer_texts(account, "2" if says_no else "1")
    elif says_no:
        desk.decline(week.town.services, week.town.scope(account), number, week.now)
    else:
        desk.take(week.town.services, week.town.scope(account), number, week.now)


def has_something_to_answer(week: "Week", case_id: int) -> None:
    """Somebody has the case and a text in it: they answer, if they are one who does."""
    row = week.case(case_id)
    if row.state != CaseState.CLAIMED or row.owner_id is None:
        return
    times, owner = week.scenario.times, row.owner_id
    if owner in week.chiefs:
        week.after(times.coordinator_answers, "chief_answers", owner, case_id)
        return
    helper = week.team[owner]
    if owner in week.gone or helper.habit == "vanishes":
        return
    on = helper.is_on(week.now.astimezone(ZONE) - timedelta(minutes=30))
    if (
        row.first_answer_at is not None
        and not on
        and not week.happens(week.scenario.team.answers_after_shift, "late", owner)
    ):
        return
    median = times.answers_on_web if week.is_at_screen(owner) else times.answers_by_sms
    week.after(median, "answers", owner, case_id, slow=helper.habit == "slow")


def answers(week: "Week", account: int, case_id: int) -> None:
    row = week.case(case_id)
    if account in week.gone or row.owner_id != account or row.state != CaseState.CLAIMED:
        if account not in week.gone and week.team[account].phone and row.state != CaseState.CLOSED:
            loses(week, account, case_id)
        return
    helper, words = week.team[account], f"Voici ce qu'il faut faire : {row.number}, {row.last_inbound_seq}."
    if helper.phone and not week.is_at_screen(account):
        week.town.volunteer_texts(account, words)
        if _is_asked_which(week, account):
            week.after(week.scenario.times.sees_by_sms, "answers_which", account, slow=helper.habit == "slow")
    else:
        scope = week.town.scope(account)
        desk.answer(week.town.services, scope, row.number, epoch=row.epoch, words=words, now=week.now)


def answers_which(week: "Week", account: int) -> None:
    """Their phone asked which of two cases the words were for; the first named is the one that waits for them."""
    if account in week.gone or not _is_asked_which(week, account):
        return
    if week.happens(week.scenario.team.reacts, "which", account):
        week.town.volunteer_texts(account, "1")


def _is_asked_which(week: "Week", account: int) -> bool:
    asked = (week.town.row(account).sms_state or {}).get("asked")
    return asked is not None and asked["what"] == "which"


def loses(week: "Week", account: int, case_id: int) -> None:
    """They come too late: what they wrote is kept as a draft, and nothing leaves."""
    if week.owned(account) == 0 and week.happens(0.5, "writes anyway", account):
        week.town.volunteer_texts(account, "Voici, pardon pour le retard.")


def answered(week: "Week", case_id: int, account: int) -> None:
    """The person may write back; the volunteer closes, or forgets to."""
    city, times = week.scenario.city, week.scenario.times
    phone = week.asked_by(case_id)
    if week.happens(city.writes_back, "back", case_id):
        week.after(times.writes_back, "writes", phone, case_id)
    if account in week.chiefs or not week.happens(week.scenario.team.forgets_to_close, "forgets", account):
        week.after(times.closes, "closes", account, case_id)


def closes(week: "Week", account: int, case_id: int) -> None:
    row = week.case(case_id)
    if account in week.gone or row.owner_id != account or row.state != CaseState.ANSWERED:
        return
    helper = week.team.get(account)
    if helper is not None and helper.phone and not week.is_at_screen(account) and week.owned(account) == 1:
        week.town.volunteer_texts(account, "FIN 1")
        return
    role = Role.COORDINATOR if helper is None else Role.VOLUNTEER
    desk.close(
        week.town.services,
        week.town.scope(account, role),
        row.number,
        epoch=row.epoch,
        outcome=desk.Outcome.SETTLED,
        seen_seq=row.last_inbound_seq,
        now=week.now,
    )


def shift(week: "Week", account: int, minutes: int) -> None:
    helper = week.team[account]
    if account in week.gone or helper.habit == "silent":
        return
    if helper.on_web and week.happens(week.scenario.team.at_screen, "screen", account):
        week.set_account(account, last_seen_at=week.now + timedelta(minutes=minutes))
    if week.town.row(account).paused_by_us and week.happens(week.scenario.team.says_start, "start", account):
        starts(week, account)


def may_be_paused(week: "Week", account: int | None) -> None:
    helper = week.team.get(account or 0)
    if helper is None or not week.town.row(account).paused_by_us:
        return
    week.pauses += 1
    if (
        account not in week.gone
        and helper.habit != "silent"
        and week.happens(week.scenario.team.says_start, "start", account)
    ):
        week.after(week.scenario.times.says_start, "starts", account)


def starts(week: "Week", account: int) -> None:
    if account in week.gone or not week.town.row(account).paused_by_us:
        return
    if week.team[account].phone:
        week.town.volunteer_texts(account, "START")
    else:
        desk.pause(week.town.services, week.town.scope(account), account, until=None, now=week.now)


def falls_sick(week: "Week", account: int) -> None:
    """They stop, with what they have; some hours later the coordinator hears of it."""
    week.gone.add(account)
    week.at(week.now + timedelta(hours=3), "leaves", account)


def leaves(week: "Week", account: int) -> None:
    scope = week.town.scope(week.chiefs[0], Role.COORDINATOR)

    def switch_off(tx: Any) -> None:
        tx.execute(update(accounts).where(accounts.c.id == account).values(active=False))

    desk.release_all(week.town.services, scope, account, week.now, then=switch_off)
