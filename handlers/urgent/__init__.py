"""What must not wait: escalations, pages, stops on publishing, and what could not be delivered."""
