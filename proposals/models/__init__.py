from proposals.models.appraisals import Appraised, Indicator, Measure, UnitAppraisal, UnitScore
from proposals.models.assignments import Assignment, Round
from proposals.models.categories import Category, RejectionGround, Scheme
from proposals.models.handing import Handing, HandingMeeting
from proposals.models.handling import Contact, Coordination, Dispute, Extension, Pause, ReturnRequest
from proposals.models.imports import ProposalImport
from proposals.models.information import Bulletin, Delivery, Information, Level
from proposals.models.led import LeadStepKind, MicroLead, MicroLeadStep, MicroResult, ResultTag
from proposals.models.micro import JointReview, MicroProposal, OfficeVerdict
from proposals.models.plenaries import Plenary
from proposals.models.proposals import Proposal, ProposalReview, Signature
from proposals.models.replies import GradeWording, Rating, Reply
from proposals.models.selections import Candidate, Selection, SelectionStep
from proposals.models.showcase import (
    MediaLink,
    Showcase,
    ShowcaseComment,
    ShowcaseEntry,
    ShowcaseVote,
    Stage,
)
from proposals.models.supervision import Cause, LookBack, LookBackItem, SelfCheck, Supervision
from proposals.models.traces import Instruction, InstructionStep, Trace, TraceKind, TraceStep

__all__ = [
    "Appraised",
    "Assignment",
    "Bulletin",
    "Candidate",
    "Category",
    "Cause",
    "Contact",
    "Coordination",
    "Delivery",
    "Dispute",
    "Extension",
    "GradeWording",
    "Handing",
    "HandingMeeting",
    "Indicator",
    "Information",
    "Instruction",
    "InstructionStep",
    "JointReview",
    "LeadStepKind",
    "Level",
    "LookBack",
    "LookBackItem",
    "Measure",
    "MediaLink",
    "MicroLead",
    "MicroLeadStep",
    "MicroProposal",
    "MicroResult",
    "OfficeVerdict",
    "Pause",
    "Plenary",
    "Proposal",
    "ProposalImport",
    "ProposalReview",
    "Rating",
    "RejectionGround",
    "Reply",
    "ResultTag",
    "ReturnRequest",
    "Round",
    "Scheme",
    "Selection",
    "SelectionStep",
    "SelfCheck",
    "Showcase",
    "ShowcaseComment",
    "ShowcaseEntry",
    "ShowcaseVote",
    "Signature",
    "Stage",
    "Supervision",
    "Trace",
    "TraceKind",
    "TraceStep",
    "UnitAppraisal",
    "UnitScore",
]
