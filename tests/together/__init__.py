"""Tests of what several contexts do together: they look into more than one, as no context itself may."""
