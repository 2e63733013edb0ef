using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Rig.Kernel.Storage;

/// <summary>
/// Binds SQLite to the library that the distribution ships and patches; nothing bundled is ever loaded.
/// Every program or test that opens a SQLite file calls <see cref="Initialize"/> first; see docs/decisions/0002-sqlite-system-library.md.
/// </summary>
public static class SystemSqlite
{
    /// <summary>The name that the provider package asks the loader for.</summary>
    private const string ProviderLibraryName = "e_sqlite3";

    /// <summary>The soname of SQLite 3 on every Linux distribution; the one without a number exists only with development files.</summary>
    private const string SystemLibraryName = "libsqlite3.so.0";

    /// <summary>3.37.0, the first version with STRICT tables.</summary>
    private const int OldestVersion = 3_037_000;

    private static readonly Lazy<string> Binding = new(Bind);

    /// <summary>Binds the system's library; the first call does the work, later ones only return.</summary>
    /// <returns>The version of the library in use, such as 3.46.1.</returns>
    /// <exception cref="DllNotFoundException">The library is not installed.</exception>
    /// <exception cref="NotSupportedException">The library is older than this program needs.</exception>
    public static string Initialize() => Binding.Value;

    private static string Bind()
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        raw.FreezeProvider();
        var version = raw.sqlite3_libversion().utf8_to_string();
        return raw.sqlite3_libversion_number() >= OldestVersion
            ? version
            : throw new NotSupportedException(
                $"{SystemLibraryName} is version {version}; 3.37.0 or newer is needed. Update the package libsqlite3-0."
            );
    }

    private static nint Resolve(string libraryName, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (libraryName != ProviderLibraryName)
        {
            return 0;
        }

        return NativeLibrary.TryLoad(SystemLibraryName, out var handle)
            ? handle
            : throw new DllNotFoundException($"{SystemLibraryName} was not found. Install the package libsqlite3-0.");
    }
}
