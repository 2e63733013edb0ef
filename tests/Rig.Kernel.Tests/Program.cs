using Rig.Kernel.Tests.Persistence;

// The test executable is also the program that CrashTests kill. The test host loads the assembly and does not come here.
return args is ["persist-until-killed", var file] ? await CrashChild.RunAsync(file) : CrashChild.WrongUse();
