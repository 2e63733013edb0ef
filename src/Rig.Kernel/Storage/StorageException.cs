namespace Rig.Kernel.Storage;

/// <summary>A store on disk could not be opened, read or written. The message names the file and what to do.</summary>
public class StorageException(string file, string message, Exception? innerException = null) : IOException(message, innerException)
{
    /// <summary>The database file.</summary>
    public string File { get; } = file;
}

/// <summary>The file's content is damaged, or it is not a journal at all.</summary>
public sealed class StorageDamagedException(string file, string message, Exception? innerException = null)
    : StorageException(file, message, innerException);

/// <summary>An event or snapshot cannot be turned into its stored form or back: its type is not registered, or its text does not parse.</summary>
public sealed class PayloadException(string message, Exception? innerException = null) : Exception(message, innerException);
