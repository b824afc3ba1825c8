"""The checks of the whole product."""
