"""Wrong servers, the steps of the machine that meet them, and what it then says: a table for each noun."""
