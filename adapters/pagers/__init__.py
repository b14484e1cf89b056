"""Ways by which a page leaves beside the direct message: e-mail, PagerDuty, a signed webhook."""
