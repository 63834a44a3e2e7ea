System.out.println("hello");
/exit
