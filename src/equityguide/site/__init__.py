"""Builds and checks the site. The Sphinx extension is `equityguide.site.extension`."""
