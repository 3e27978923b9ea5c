"""Agreed things carried out one by one, so that one that breaks holds up no other."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import IntegrityError, OperationalError
from django.utils.translation import gettext

from logistics_portal.kit.errors import Clash, NotAllowed

logger = logging.getLogger(__name__)


def attempt(act: Callable[[], int], *, trouble: Callable[[str], None], clash: str, about: dict[str, object]) -> int:
    """Carry out one thing and return what `act` returns; when it fails, say why through `trouble` and return 0.

    `act` stands in a transaction of its own. A refusal gives its own sentence, the database's refusal `clash`; what
    nobody expected goes to the log with `about`. A lock that did not come in time says nothing: the next run tries it.
    """
    try:
        return act()
    except (NotAllowed, Clash) as refusal:
        why = str(refusal)
    except OperationalError:
        logger.exception("put off", extra=about)
        return 0
    except IntegrityError:
        logger.exception("refused by the database", extra=about)
        why = clash
    except Exception:
        logger.exception("failed", extra=about)
        why = gettext("程序出错，已记入日志，请联系系统管理员。")
    trouble(why)
    return 0
