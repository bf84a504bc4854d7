"""What is handed round on paper and as tables for office programs: words and numbers in, bytes out."""
