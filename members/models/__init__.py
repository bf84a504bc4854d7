from members.models.bodies import Body, BodyKind, InForceQuerySet, Membership, Post
from members.models.members import Member, RoleGrant
from members.models.organisations import THREE_OFFICES, Committee, Organisation, OrganisationKind, Parameter
from members.models.owned import OwnedQuerySet
from members.models.regions import Region, RegionLevel
from members.models.sequences import next_number
from members.models.users import User

__all__ = [
    "THREE_OFFICES",
    "Body",
    "BodyKind",
    "Committee",
    "InForceQuerySet",
    "Member",
    "Membership",
    "Organisation",
    "OrganisationKind",
    "OwnedQuerySet",
    "Parameter",
    "Post",
    "Region",
    "RegionLevel",
    "RoleGrant",
    "User",
    "next_number",
]
