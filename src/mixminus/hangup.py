"""Why a call ended: one enum with its Plivo name and code, the telephony cause and the SIP status it is sent as.

Source: Plivo's hangup-cause table; the cause names are those of Q.850 as FreeSWITCH spells them.
"""

from __future__ import annotations

from enum import Enum


class Source(Enum):
    """Who ended a call, spelled as `HangupSource` has it."""

    CALLER = "Caller"
    CALLEE = "Callee"
    CARRIER = "Carrier"
    PLATFORM = "Plivo"
    ANSWER_XML = "Answer XML"
    API_REQUEST = "API Request"
    ERROR = "Error"


class Cause(Enum):
    """A hangup cause: (code, name, telephony cause, SIP status used to refuse an unanswered call)."""

    UNKNOWN = (0, "Unknown", "NORMAL_UNSPECIFIED", 480)
    CANCELED = (1000, "Canceled", "ORIGINATOR_CANCEL", 487)
    NO_ANSWER = (3000, "No Answer", "NO_ANSWER", 480)
    BUSY_LINE = (3010, "Busy Line", "USER_BUSY", 486)
    REJECTED = (3020, "Rejected", "CALL_REJECTED", 603)
    FORBIDDEN = (3040, "Forbidden", "CALL_REJECTED", 403)
    UNALLOCATED_NUMBER = (3050, "Unallocated number", "UNALLOCATED_NUMBER", 404)
    NORMAL_HANGUP = (4000, "Normal Hangup", "NORMAL_CLEARING", 480)
    END_OF_XML = (4010, "End Of XML Instructions", "NORMAL_CLEARING", 480)
    NETWORK_ERROR = (5000, "Network Error", "NETWORK_OUT_OF_ORDER", 503)
    INTERNAL_ERROR = (5010, "Internal Error", "NORMAL_TEMPORARY_FAILURE", 500)
    CONCURRENCY_LIMIT = (5030, "Concurrency Limit Breached", "SWITCH_CONGESTION", 503)
    SCHEDULED_HANGUP = (6000, "Scheduled Hangup", "ALLOTTED_TIMEOUT", 480)
    MEDIA_TIMEOUT = (6020, "Media Timeout", "MEDIA_TIMEOUT", 480)
    ANSWER_URL_UNREACHABLE = (7011, "Error Reaching Answer URL", "NORMAL_TEMPORARY_FAILURE", 500)
    ACTION_URL_UNREACHABLE = (7012, "Error Reaching Action URL", "NORMAL_TEMPORARY_FAILURE", 500)
    TRANSFER_URL_UNREACHABLE = (7013, "Error Reaching Transfer URL", "NORMAL_TEMPORARY_FAILURE", 500)
    REDIRECT_URL_UNREACHABLE = (7014, "Error Reaching Redirect URL", "NORMAL_TEMPORARY_FAILURE", 500)
    INVALID_ACTION_URL = (7022, "Invalid Action URL", "NORMAL_TEMPORARY_FAILURE", 500)
    INVALID_TRANSFER_URL = (7023, "Invalid Transfer URL", "NORMAL_TEMPORARY_FAILURE", 500)
    INVALID_REDIRECT_URL = (7024, "Invalid Redirect URL", "NORMAL_TEMPORARY_FAILURE", 500)
    INVALID_ACTION_METHOD = (7032, "Invalid Method For Action URL", "NORMAL_TEMPORARY_FAILURE", 500)
    INVALID_TRANSFER_METHOD = (7033, "Invalid Method For Transfer URL", "NORMAL_TEMPORARY_FAILURE", 500)
    INVALID_REDIRECT_METHOD = (7034, "Invalid Method For Redirect URL", "NORMAL_TEMPORARY_FAILURE", 500)
    INVALID_ANSWER_XML = (8011, "Invalid Answer XML", "NORMAL_TEMPORARY_FAILURE", 500)
    INVALID_ACTION_XML = (8012, "Invalid Action XML", "NORMAL_TEMPORARY_FAILURE", 500)
    INVALID_TRANSFER_XML = (8013, "Invalid Transfer XML", "NORMAL_TEMPORARY_FAILURE", 500)
    INVALID_REDIRECT_XML = (8014, "Invalid Redirect XML", "NORMAL_TEMPORARY_FAILURE", 500)

    @property
    def code(self) -> int:
        """Return the numeric code, `HangupCauseCode`."""
        return self.value[0]

    @property
    def title(self) -> str:
        """Return the readable name, `HangupCauseName`."""
        return self.value[1]

    @property
    def telephony(self) -> str:
        """Return the Q.850-like name, `HangupCause`."""
        return self.value[2]

    @property
    def sip_status(self) -> int:
        """Return the SIP status that refuses a call which has not been answered."""
        return self.value[3]
