"""What every room uses: settings, errors, files, downloads, disk space, devices, tasks on several workers."""
