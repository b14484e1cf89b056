"""Escalations, outages, stops on publishing."""
