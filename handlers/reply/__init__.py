"""Words to the public: written, approved, published, and what comes back."""
