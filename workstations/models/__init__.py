from workstations.models.stations import KEEPERS, PostKind, StationKind, StationPost, Workstation

__all__ = ["KEEPERS", "PostKind", "StationKind", "StationPost", "Workstation"]
