"""What every folder uses: names, faults, warnings, dates, files and matrices."""
