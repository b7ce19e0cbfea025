"""What happens later: jobs, and what runs again and again."""
