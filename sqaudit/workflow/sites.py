"""The sites of a programme that are known before any record is read."""

from __future__ import annotations

from pathlib import Path

from sqaudit.model.programme import Programme, Site, SiteDataset, SiteFile
from sqaudit.sources.sites import read_site_file


def known_sites(programme: Programme, project: Path) -> tuple[Site, ...] | None:
    """The sites that a list or a file names, by id; ``None`` if a dataset has to be read first.

    Raises:
        InvalidInput: The file of sites is not there or has problems.
    """
    if isinstance(programme.sites, SiteDataset):
        return None
    if isinstance(programme.sites, SiteFile):
        sites = read_site_file(project / programme.folder / programme.sites.path, project, programme.calendars)
    else:
        sites = programme.sites
    return tuple(sorted(sites, key=lambda site: site.id))
